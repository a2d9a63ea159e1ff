/**
 * The code that a person keeps, and that opens everything again on a new device: 32 random bytes
 * in base58, with a header and a parity byte, in groups of four.
 *
 * - Spec: [Cryptographic key representation](https://spec.matrix.org/v1.19/appendices/#cryptographic-key-representation)
 */

/** Without 0, O, I and l, which look like others. Upper and lower case are different characters. */
export const codeAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** In bytes. */
export const codeKeyLength = 32;

/** Any 35 bytes that begin with the header are as many base58 digits. */
export const codeLength = 48;

/** The header. It makes every code begin with `Es`. */
const header = [0x8b, 0x01];

/** Nobody types more, and a pasted page is not searched for a code. In UTF-16 units. */
const maxInput = 1_000;

/** What typing a code has come to. */
export type CodeReading =
  | { readonly state: "empty" }
  /** All well so far. `length` is in characters that count, of `codeLength`. */
  | { readonly state: "incomplete"; readonly length: number }
  /**
   * This cannot be in any code. `place` counts from 1 among the characters that count, `index` in
   * UTF-16 units of the input. `isLookalike` for 0, O, I and l, which are left out of every code.
   */
  | {
    readonly state: "impossible";
    readonly character: string;
    readonly place: number;
    readonly index: number;
    readonly isLookalike: boolean;
  }
  /** Each character may be in a code, but no code begins like this. */
  | { readonly state: "not-a-code"; readonly place: number }
  | { readonly state: "too-long"; readonly length: number }
  /** Of the right length, but the parity is wrong: a character was mistaken for another. */
  | { readonly state: "mistyped" }
  | { readonly state: "whole"; readonly key: Uint8Array<ArrayBuffer> };

/** Gives the code of a key of 32 bytes, in twelve groups of four. */
export function writeRecoveryCode(key: Uint8Array): string {
  if (key.length !== codeKeyLength) throw new RangeError("a recovery code holds 32 bytes");
  const body = [...header, ...key];
  const digits = toBase58(Uint8Array.from([...body, parity(body)]));
  return digits.replace(/.{4}(?!$)/g, "$& ");
}

/**
 * Reads what was typed so far, as far as it goes.
 *
 * Spaces, dashes, line breaks and invisible characters do not count, wherever they are.
 */
export function readRecoveryCode(input: string): CodeReading {
  const counted: string[] = [];
  let index = 0;
  for (const character of input.slice(0, maxInput)) {
    if (!isIgnored(character)) {
      if (!codeAlphabet.includes(character)) {
        return {
          state: "impossible",
          character,
          place: counted.length + 1,
          index,
          isLookalike: "0OIl".includes(character),
        };
      }
      counted.push(character);
    }
    index += character.length;
  }
  const code = counted.join("");
  if (code === "") return { state: "empty" };
  const wrong = firstPlaceOutside(code);
  if (wrong !== undefined) return { state: "not-a-code", place: wrong };
  if (code.length > codeLength) return { state: "too-long", length: code.length };
  if (code.length < codeLength) return { state: "incomplete", length: code.length };
  const bytes = fromBase58(code);
  // The parity byte makes all of them together nought.
  if (parity(bytes) !== 0) return { state: "mistyped" };
  return { state: "whole", key: bytes.slice(header.length, -1) };
}

/** The characters that count, in groups of four: how a code is shown while it is typed. */
export function groupCode(input: string): string {
  const counted = Array.from(input.slice(0, maxInput)).filter((one) => !isIgnored(one)).join("");
  return counted.replace(/.{4}(?!$)/gu, "$& ");
}

function isIgnored(character: string): boolean {
  return /^[\s\p{Pd}\p{Cf}\p{Cc}\p{Z}\u2212\ufe00-\ufe0f]$/u.test(character);
}

/** The least and the greatest code: between them lie all that have our header. */
const [least, greatest] = [0x00, 0xff].map((fill) =>
  toBase58(Uint8Array.from([...header, ...new Array(codeKeyLength + 1).fill(fill)]))
) as [string, string];

/** The place, from 1, of the first character after which no code goes on. */
function firstPlaceOutside(code: string): number | undefined {
  const rank = (digits: string) => Array.from(digits, (digit) => codeAlphabet.indexOf(digit));
  for (let length = 1; length <= Math.min(code.length, 4); length++) {
    const [low, here, high] = [least, code, greatest].map((one) => rank(one.slice(0, length)));
    if (isBefore(here!, low!) || isBefore(high!, here!)) return length;
  }
  return undefined;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((digit, index) => digit !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

function parity(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/** The bytes do not begin with nought, so that no leading digit is lost. */
function toBase58(bytes: Uint8Array): string {
  let number = bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
  let digits = "";
  for (; number > 0n; number /= 58n) digits = codeAlphabet[Number(number % 58n)] + digits;
  return digits;
}

/** Of `codeLength` digits within our bounds: exactly header, key and parity. */
function fromBase58(digits: string): Uint8Array<ArrayBuffer> {
  let number = 0n;
  for (const digit of digits) number = number * 58n + BigInt(codeAlphabet.indexOf(digit));
  const bytes = new Uint8Array(header.length + codeKeyLength + 1);
  for (let at = bytes.length - 1; at >= 0; at--, number >>= 8n) bytes[at] = Number(number & 255n);
  return bytes;
}
