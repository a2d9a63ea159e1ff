/**
 * The squares of a QR code, true where one is dark: rows from the top, without the quiet border.
 *
 * Bytes only, correction level M, versions 1 to 6: as much as a code or an address needs.
 *
 * - Parameter text: At most 106 bytes of UTF-8.
 * - Throws: RangeError when it is longer.
 * - Spec: ISO/IEC 18004
 */
export function qrCode(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text);
  const version = versions.find(({ blocks, dataPerBlock }) =>
    bytes.length + 2 <= blocks * dataPerBlock
  );
  if (version === undefined) throw new RangeError("too long for a QR code of ours");
  const words = withCorrection(dataWords(bytes, version), version);
  const candidates = masks.map((_, mask) => drawn(version, words, mask));
  return candidates.reduce((best, next) => penalty(next) < penalty(best) ? next : best);
}

type Version = {
  readonly number: number;
  readonly blocks: number;
  /** In bytes, as is the other. */
  readonly dataPerBlock: number;
  readonly correctionPerBlock: number;
};

/** Level M mends about 15 % of a sheet that was folded or stained. */
const versions: readonly Version[] = [
  { number: 1, blocks: 1, dataPerBlock: 16, correctionPerBlock: 10 },
  { number: 2, blocks: 1, dataPerBlock: 28, correctionPerBlock: 16 },
  { number: 3, blocks: 1, dataPerBlock: 44, correctionPerBlock: 26 },
  { number: 4, blocks: 2, dataPerBlock: 32, correctionPerBlock: 18 },
  { number: 5, blocks: 2, dataPerBlock: 43, correctionPerBlock: 24 },
  { number: 6, blocks: 4, dataPerBlock: 27, correctionPerBlock: 16 },
];

/** Mode, length, the bytes, and filling up to the version's capacity. */
function dataWords(bytes: Uint8Array, { blocks, dataPerBlock }: Version): number[] {
  const capacity = blocks * dataPerBlock;
  const nibbles = [
    0b0100,
    bytes.length >> 4,
    bytes.length & 15,
    ...Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]),
    // The terminator, which also brings us back to whole bytes.
    0,
  ];
  const words = Array.from(
    { length: nibbles.length / 2 },
    (_, index) => nibbles[index * 2]! << 4 | nibbles[index * 2 + 1]!,
  );
  for (let filler = 0xec; words.length < capacity; filler ^= 0xec ^ 0x11) words.push(filler);
  return words;
}

/** The bytes of all blocks in turn, then their correction in the same way. */
function withCorrection(words: readonly number[], version: Version): number[] {
  const { blocks, dataPerBlock, correctionPerBlock } = version;
  const data = Array.from(
    { length: blocks },
    (_, block) => words.slice(block * dataPerBlock, (block + 1) * dataPerBlock),
  );
  const correction = data.map((block) => remainder(block, generator(correctionPerBlock)));
  return [...inTurn(data), ...inTurn(correction)];
}

function inTurn(blocks: readonly (readonly number[])[]): number[] {
  return blocks[0]!.flatMap((_, index) => blocks.map((block) => block[index]!));
}

/** Multiplies in the field of 256 elements that Reed and Solomon's code is over. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = product << 1 ^ (product >> 7) * 0x11d;
    if (b >> bit & 1) product ^= a;
  }
  return product;
}

/** The coefficients below the highest, which is 1, of ∏ (x − 2^i) for i in 0..<degree. */
function generator(degree: number): number[] {
  const result = new Array<number>(degree).fill(0);
  result[degree - 1] = 1;
  for (let index = 0, root = 1; index < degree; index++, root = multiply(root, 2)) {
    for (let at = 0; at < degree; at++) {
      result[at] = multiply(result[at]!, root) ^ (result[at + 1] ?? 0);
    }
  }
  return result;
}

function remainder(data: readonly number[], divisor: readonly number[]): number[] {
  const result = new Array<number>(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ result.shift()!;
    result.push(0);
    divisor.forEach((coefficient, at) => result[at] = result[at]! ^ multiply(coefficient, factor));
  }
  return result;
}

/** Which squares each mask turns over. */
const masks: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_row, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => row * column % 2 + row * column % 3 === 0,
  (row, column) => (row * column % 2 + row * column % 3) % 2 === 0,
  (row, column) => ((row + column) % 2 + row * column % 3) % 2 === 0,
];

/** Undefined: for the data. */
type Grid = (boolean | undefined)[][];

function drawn(version: Version, words: readonly number[], mask: number): boolean[][] {
  const size = 17 + 4 * version.number;
  const grid: Grid = Array.from({ length: size }, () => new Array(size).fill(undefined));
  drawPatterns(grid, version.number);
  drawFormat(grid, mask);
  const isTurned = masks[mask]!;
  let bit = 0;
  for (const [row, column] of dataPath(size)) {
    if (grid[row]![column] !== undefined) continue;
    // What remains after the last byte is light, and masked like the rest.
    const isDark = (words[bit >> 3] ?? 0) >> (7 - (bit & 7)) & 1;
    grid[row]![column] = isDark === 1 !== isTurned(row, column);
    bit++;
  }
  return grid as boolean[][];
}

/** The three corners, the dotted lines between them, and the small square of larger codes. */
function drawPatterns(grid: Grid, version: number): void {
  const size = grid.length;
  for (let at = 0; at < size; at++) grid[6]![at] = grid[at]![6] = at % 2 === 0;
  for (const [top, left] of [[3, 3], [3, size - 4], [size - 4, 3]] as const) {
    drawRings(grid, top, left, 4, [true, true, false, true, false]);
  }
  const small = size - 7;
  if (version > 1) drawRings(grid, small, small, 2, [true, false, true]);
}

/** Squares around a centre; `isDark` by the distance from it. What would lie outside is left out. */
function drawRings(
  grid: Grid,
  row: number,
  column: number,
  radius: number,
  isDark: readonly boolean[],
): void {
  for (let down = -radius; down <= radius; down++) {
    for (let right = -radius; right <= radius; right++) {
      const line = grid[row + down];
      if (line === undefined || !(column + right in line)) continue;
      line[column + right] = isDark[Math.max(Math.abs(down), Math.abs(right))]!;
    }
  }
}

/** Level M and the mask, twice, with ten bits of correction. */
function drawFormat(grid: Grid, mask: number): void {
  const size = grid.length;
  let rest = mask << 10;
  for (let bit = 14; bit >= 10; bit--) if (rest >> bit & 1) rest ^= 0b10100110111 << (bit - 10);
  const bits = (mask << 10 | rest) ^ 0b101010000010010;
  for (let index = 0; index < 15; index++) {
    const isDark = (bits >> index & 1) === 1;
    const down = index < 6 ? index : index < 8 ? index + 1 : size - 15 + index;
    grid[down]![8] = isDark;
    const across = index < 8 ? size - 1 - index : index === 8 ? 7 : 14 - index;
    grid[8]![across] = isDark;
  }
  grid[size - 8]![8] = true;
}

/** Two columns at a time from the right, up and down in turn; the dotted column is stepped over. */
function* dataPath(size: number): Generator<readonly [number, number]> {
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2, isUp = !isUp) {
    if (right === 6) right--;
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step;
      yield [row, right];
      yield [row, right - 1];
    }
  }
}

/** How hard it would be to read: long runs, blocks, what looks like a corner, too dark or light. */
function penalty(grid: readonly (readonly boolean[])[]): number {
  const size = grid.length;
  const lines = grid.map((row) => row.map(Number).join(""));
  const columns = lines.map((_, at) => lines.map((line) => line[at]).join(""));
  let sum = 0;
  for (const line of [...lines, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    for (let at = 0; at + 11 <= size; at++) {
      const part = line.slice(at, at + 11);
      if (part === "10111010000" || part === "00001011101") sum += 40;
    }
  }
  for (let row = 1; row < size; row++) {
    for (let column = 1; column < size; column++) {
      const four = [grid[row - 1]![column - 1], grid[row - 1]![column], grid[row]![column - 1]];
      if (four.every((isDark) => isDark === grid[row]![column])) sum += 3;
    }
  }
  const dark = grid.flat().filter(Boolean).length / size ** 2;
  return sum + Math.floor(Math.abs(dark * 20 - 10)) * 10;
}
