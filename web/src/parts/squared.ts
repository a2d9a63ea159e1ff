import { Failure } from "../matrix/contract.ts";

/** The side of a picture of a person or a room, in pixels. */
const SIDE = 512;

/**
 * The middle of a picture as a square of at most 512 pixels.
 *
 * Drawing it anew also drops what cameras write beside the picture: place, time, device.
 */
export async function squared(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file).catch(() => {
    throw new Failure("INTERNAL", "The browser cannot read this picture.");
  });
  const side = Math.min(image.width, image.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(SIDE, side);
  canvas.getContext("2d")?.drawImage(
    image,
    (image.width - side) / 2,
    (image.height - side) / 2,
    side,
    side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  image.close();
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => blob ? resolve(blob) : reject(new Failure("INTERNAL", "No picture was made.")),
      type,
      0.88,
    )
  );
}
