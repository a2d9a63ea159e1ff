/** Width and height in pixels, as the picture is to be shown: upright. */
export type ImageSize = { readonly width: number; readonly height: number };

/** More of a file than this is not read to find its size. */
export const headBytes = 256 * 1024;

/**
 * The size of a PNG, GIF, WebP or JPEG picture, from the beginning of its file.
 *
 * Nothing is decoded: a small file that unpacks to a huge picture costs nothing here.
 */
export function imageSize(head: Uint8Array): ImageSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    const size = png(view) ?? gif(view) ?? webp(view) ?? jpeg(view);
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // The file ends too early.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function png(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) !== 0x89504e47 || text(view, 12, 4) !== "IHDR") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): ImageSize | undefined {
  if (text(view, 0, 4) !== "GIF8") return undefined;
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(view: DataView): ImageSize | undefined {
  if (text(view, 0, 4) !== "RIFF" || text(view, 8, 4) !== "WEBP") return undefined;
  switch (text(view, 12, 4)) {
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8X": {
      const at = (offset: number) =>
        view.getUint16(offset, true) + (view.getUint8(offset + 2) << 16) + 1;
      return { width: at(24), height: at(27) };
    }
    default:
      return undefined;
  }
}

/** Walks the segments to the frame header; on the way, Exif says whether the picture lies. */
function jpeg(view: DataView): ImageSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let isLying = false;
  for (let offset = 2; offset < view.byteLength;) {
    if (view.getUint8(offset) !== 0xff) return undefined;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    const length = view.getUint16(offset + 2);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.getUint16(offset + 5), view.getUint16(offset + 7)];
      return isLying ? { width: height, height: width } : { width, height };
    }
    if (marker === 0xe1) isLying = orientation(view, offset + 4) >= 5;
    if (length < 2) return undefined;
    offset += 2 + length;
  }
  return undefined;
}

/** Exif's orientation, 1 to 8; from 5 on, width and height are exchanged. */
function orientation(view: DataView, start: number): number {
  if (text(view, start, 4) !== "Exif") return 1;
  const tiff = start + 6;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, isLittle);
  const count = view.getUint16(directory, isLittle);
  for (let index = 0; index < Math.min(count, 200); index++) {
    const entry = directory + 2 + index * 12;
    if (view.getUint16(entry, isLittle) === 0x0112) return view.getUint16(entry + 8, isLittle);
  }
  return 1;
}

function text(view: DataView, offset: number, length: number): string {
  return Array.from({ length }, (_, index) => String.fromCharCode(view.getUint8(offset + index)))
    .join("");
}
