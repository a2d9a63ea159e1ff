/** Pictures that need no smaller one beside them. */
const smallBytes = 100_000;
/** In pixels. */
const [maxWidth, maxHeight] = [800, 600];

export type Thumbnail = { readonly blob: Blob; readonly width: number; readonly height: number };

/**
 * A smaller picture, for where the server cannot make one: it does not see what is encrypted.
 *
 * Undefined when there is no need for one, or it cannot be made.
 */
export async function makeThumbnail(file: Blob): Promise<Thumbnail | undefined> {
  const isPicture = /^image\/(?:png|jpeg|webp|avif|bmp)$/.test(file.type);
  if (!isPicture || file.size <= smallBytes || typeof OffscreenCanvas === "undefined") {
    return undefined;
  }
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, maxWidth / picture.width, maxHeight / picture.height);
    const [width, height] = [picture.width, picture.height]
      .map((pixels) => Math.max(1, Math.round(pixels * scale))) as [number, number];
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
    picture.close();
    // What may have holes keeps them.
    const type = file.type === "image/jpeg" ? "image/jpeg" : "image/webp";
    const blob = await canvas.convertToBlob({ type, quality: 0.8 });
    return blob.size < file.size ? { blob, width, height } : undefined;
  } catch {
    // It is no picture, or one that this browser does not know.
    return undefined;
  }
}
