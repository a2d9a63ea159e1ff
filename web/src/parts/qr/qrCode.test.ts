import { assert, assertEquals } from "../../platform/assert.ts";
import { qrCode } from "./qrCode.ts";

Deno.test("The corners, the dotted lines and the dark square are where readers look", () => {
  const grid = qrCode("Chappe");
  assertEquals(grid.length, 21);
  for (const [top, left] of [[0, 0], [0, 14], [14, 0]] as const) {
    const rows = grid.slice(top, top + 7).map((row) =>
      row.slice(left, left + 7).map((isDark) => isDark ? "#" : ".").join("")
    );
    assertEquals(rows.join(" "), "####### #.....# #.###.# #.###.# #.###.# #.....# #######");
  }
  assert(grid[13]![8]!, "the dark square");
  for (let at = 8; at < 13; at++) {
    assertEquals([grid[6]![at], grid[at]![6]], [at % 2 === 0, at % 2 === 0]);
  }
});

Deno.test("The size follows the length, up to 106 bytes", () => {
  const sizes = [[14, 21], [15, 25], [26, 25], [42, 29], [48, 33], [62, 33], [84, 37], [106, 41]];
  for (const [length, size] of sizes) {
    assertEquals(qrCode("x".repeat(length!)).length, size);
  }
  let failure: unknown;
  try {
    qrCode("x".repeat(107));
  } catch (error) {
    failure = error;
  }
  assert(failure instanceof RangeError, "longer texts must be refused");
});

Deno.test("What is written is read back, and the correction is right", () => {
  const texts = ["", "é", "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4d", "x".repeat(106)];
  for (let length = 1; length < 106; length += 7) {
    texts.push("Code no. ".repeat(20).slice(0, length - 1));
  }
  for (const text of texts) assertEquals(read(qrCode(text)), text);
});

/** Reads a code as a camera's program does once it has found the squares. */
function read(grid: readonly (readonly boolean[])[]): string {
  const size = grid.length;
  const version = (size - 17) / 4;
  let format = 0;
  for (const at of [0, 1, 2, 3, 4, 5, 7, 8]) format = format << 1 | Number(grid[8]![at]);
  for (const at of [7, 5, 4, 3, 2, 1, 0]) format = format << 1 | Number(grid[at]![8]);
  const mask = (format ^ 0x5412) >> 10 & 7;
  assertEquals((format ^ 0x5412) >> 13, 0, "level M");
  const isPattern = (row: number, column: number) =>
    row === 6 || column === 6 || row < 9 && column < 9 || row < 9 && column > size - 9 ||
    row > size - 9 && column < 9 ||
    version > 1 && Math.abs(row - size + 7) < 3 && Math.abs(column - size + 7) < 3;
  const bits: number[] = [];
  for (let right = size - 1, isUp = true; right > 0; right -= 2, isUp = !isUp) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (isPattern(row, column)) continue;
        bits.push(Number(grid[row]![column]! !== turned(mask, row, column)));
      }
    }
  }
  const words = Array.from(
    { length: bits.length >> 3 },
    (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum << 1 | bit, 0),
  );
  const [blocks, data, correction] = tables[version - 1]!;
  const read = Array.from({ length: blocks }, (_, block) => {
    const all = [
      ...Array.from({ length: data }, (_, at) => words[at * blocks + block]!),
      ...Array.from({ length: correction }, (_, at) => words[(data + at) * blocks + block]!),
    ];
    // Each root of the generator is a root of a block that is right.
    for (let power = 0, root = 1; power < correction; power++, root = times2(root)) {
      assertEquals(all.reduce((sum, word) => product(sum, root) ^ word, 0), 0, `syndrome ${power}`);
    }
    return all.slice(0, data);
  }).flat();
  assertEquals(read[0]! >> 4, 4, "bytes");
  const length = (read[0]! & 15) << 4 | read[1]! >> 4;
  const bytes = Array.from({ length }, (_, at) => (read[at + 1]! & 15) << 4 | read[at + 2]! >> 4);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const tables = [[1, 16, 10], [1, 28, 16], [1, 44, 26], [2, 32, 18], [2, 43, 24], [
  4,
  27,
  16,
]] as readonly (readonly [number, number, number])[];

function turned(mask: number, i: number, j: number): boolean {
  return [
    (i + j) % 2,
    i % 2,
    j % 3,
    (i + j) % 3,
    (Math.floor(i / 2) + Math.floor(j / 3)) % 2,
    (i * j) % 2 + (i * j) % 3,
    ((i * j) % 2 + (i * j) % 3) % 2,
    ((i + j) % 2 + (i * j) % 3) % 2,
  ][mask] === 0;
}

function times2(value: number): number {
  return value < 128 ? value << 1 : value << 1 ^ 0x11d;
}

function product(a: number, b: number): number {
  let sum = 0;
  for (; b > 0; b >>= 1, a = times2(a)) if (b & 1) sum ^= a;
  return sum;
}
