import type { Bytes } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const standard = alphabet(letters + "+/");
const urlSafe = alphabet(letters + "-_");

type Alphabet = { readonly codes: Uint8Array; readonly values: Uint8Array };

/**
 * Unpadded Base64.
 *
 * - Spec: [Unpadded Base64](https://spec.matrix.org/v1.19/appendices/#unpadded-base64)
 */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, standard);
}

/** Unpadded Base64 with `-` and `_`. */
export function encodeBase64URL(bytes: Uint8Array): string {
  return encode(bytes, urlSafe);
}

/**
 * The bytes of standard Base64, with or without padding.
 *
 * Several texts can stand for the same bytes, since the bits that the last character has too many
 * may be anything (the spec's own examples have some): compare what was decoded, not the texts.
 *
 * - Throws: `BAD_FORMAT`.
 */
export function decodeBase64(text: string): Bytes {
  return decode(text, standard);
}

/** The same for the alphabet with `-` and `_`. */
export function decodeBase64URL(text: string): Bytes {
  return decode(text, urlSafe);
}

/**
 * The bytes of a key or signature of known length.
 *
 * - Throws: `BAD_FORMAT`, also when there are more or fewer bytes.
 */
export function decodeBase64Exactly(length: number, text: string): Bytes {
  // Four characters more than the longest spelling: a long text is refused before it is decoded.
  if (text.length > Math.ceil(length / 3) * 4) throw bad();
  const bytes = decodeBase64(text);
  if (bytes.length !== length) throw bad();
  return bytes;
}

function encode(bytes: Uint8Array, { codes }: Alphabet): string {
  const out = new Uint8Array(Math.ceil(bytes.length * 4 / 3));
  let end = 0;
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const group = (bytes[index] ?? 0) << 16 | (bytes[index + 1] ?? 0) << 8 |
      (bytes[index + 2] ?? 0);
    out[end++] = codes[group >> 18] ?? 0;
    out[end++] = codes[group >> 12 & 63] ?? 0;
    if (left > 1) out[end++] = codes[group >> 6 & 63] ?? 0;
    if (left > 2) out[end++] = codes[group & 63] ?? 0;
  }
  return ascii.decode(out);
}

const ascii = new TextDecoder("latin1");

function decode(text: string, { values }: Alphabet): Bytes {
  let length = text.length;
  if (length % 4 === 0) {
    if (text.endsWith("==")) length -= 2;
    else if (text.endsWith("=")) length -= 1;
  }
  if (length % 4 === 1) throw bad();
  const out = new Uint8Array(Math.floor(length * 3 / 4));
  let group = 0;
  let bits = 0;
  let end = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const value = code < 128 ? values[code] ?? 255 : 255;
    if (value === 255) throw bad();
    group = (group << 6 | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[end++] = group >> bits & 255;
    }
  }
  return out;
}

function alphabet(text: string): Alphabet {
  const codes = new Uint8Array(64);
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < 64; value++) {
    codes[value] = text.charCodeAt(value);
    values[text.charCodeAt(value)] = value;
  }
  return { codes, values };
}

function bad(): CryptoError {
  return new CryptoError("BAD_FORMAT", "not the Base64 that was expected");
}
