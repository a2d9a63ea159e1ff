import { assertEquals } from "../../platform/assert.ts";
import { imageSize } from "./imageSize.ts";

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) =>
      typeof part === "string" ? Array.from(part, (letter) => letter.charCodeAt(0)) : part
    ),
  );
const png = bytes([0x89], "PNG\r\n", [0x1a, 10, 0, 0, 0, 13], "IHDR", [0, 0, 4, 0, 0, 0, 3, 0]);
const frame = [0xff, 0xc0, 0, 17, 8, 0, 100, 0, 200];

Deno.test("The size of a picture stands in its first bytes", () => {
  assertEquals(imageSize(png), { width: 1024, height: 768 });
  assertEquals(imageSize(bytes("GIF89a", [64, 1, 240, 0])), { width: 320, height: 240 });
  assertEquals(
    imageSize(
      bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 63, 1, 0, 239, 0, 0]),
    ),
    { width: 320, height: 240 },
  );
  assertEquals(imageSize(bytes([0xff, 0xd8], frame)), { width: 200, height: 100 });
});

Deno.test("A picture that lies is measured upright", () => {
  const exif = [
    ...[0xff, 0xe1, 0, 34],
    ...bytes("Exif", [0, 0], "MM", [
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      6,
      0,
      0,
    ]),
    ...[0, 0, 0, 0],
  ];
  assertEquals(imageSize(bytes([0xff, 0xd8], exif, frame)), { width: 100, height: 200 });
});

Deno.test("What is cut off or no picture has no size", () => {
  for (let length = 0; length < png.length; length++) {
    assertEquals(imageSize(png.slice(0, length)), undefined);
  }
  assertEquals(imageSize(bytes("<svg xmlns=", [])), undefined);
  for (let seed = 0; seed < 2_000; seed++) {
    const noise = Uint8Array.from(
      { length: 64 },
      (_, index) => (seed * 31 + index * index * 7) & 255,
    );
    imageSize(bytes([0xff, 0xd8], [...noise]));
    imageSize(bytes("RIFF", [...noise.slice(0, 4)], "WEBP", [...noise]));
  }
});
