import { type Bytes, concat } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";

/** By tag: what the payload of an Olm or Megolm message says. */
export type Fields = ReadonlyMap<number, number | Bytes>;

/** More than any message has; a payload of thousands of unknown fields is an attack. */
const maxFields = 32;

/**
 * The key-value pairs of a message's payload, in the encoding of Protocol Buffers. What we do not
 * know is kept and does no harm; a field that is there twice is refused.
 *
 * - Throws: `BAD_FORMAT`.
 * - Spec: [Normal messages](https://spec.matrix.org/v1.19/olm-megolm/olm/#normal-messages)
 */
export function readFields(payload: Bytes): Fields {
  const fields = new Map<number, number | Bytes>();
  let offset = 0;
  while (offset < payload.length) {
    const tag = integer();
    if (fields.has(tag) || fields.size === maxFields) throw bad("a field too many");
    const kind = tag & 7;
    if (kind === 0) fields.set(tag, integer());
    else if (kind === 2) fields.set(tag, string());
    else throw bad("a field of a kind that is not used");
  }
  return fields;

  /** In 0..<2^32, of at most five bytes. */
  function integer(): number {
    let value = 0;
    for (let place = 0; place < 5; place++) {
      const byte = payload[offset++];
      if (byte === undefined) break;
      value += (byte & 127) * 2 ** (7 * place);
      if (byte < 128) {
        if (value >= 2 ** 32) break;
        return value;
      }
    }
    throw bad("a number cut off or too large");
  }

  function string(): Bytes {
    const length = integer();
    if (length > payload.length - offset) throw bad("a field cut off");
    offset += length;
    return payload.subarray(offset - length, offset);
  }
}

/** A payload of these fields, in their order. Integers are in 0..<2^32. */
export function writeFields(fields: readonly (readonly [tag: number, number | Bytes])[]): Bytes {
  return concat(
    ...fields.flatMap(([tag, value]) =>
      typeof value === "number"
        ? [varint(tag), varint(value)]
        : [varint(tag), varint(value.length), value]
    ),
  );
}

/** - Throws: `BAD_FORMAT` when it is missing. */
export function integerField(fields: Fields, tag: number): number {
  const value = fields.get(tag);
  if (typeof value !== "number") throw bad(`no integer ${tag}`);
  return value;
}

/** - Throws: `BAD_FORMAT` when it is missing. */
export function stringField(fields: Fields, tag: number): Bytes {
  const value = fields.get(tag);
  if (value === undefined || typeof value === "number") throw bad(`no string ${tag}`);
  return value;
}

/** - Throws: `BAD_FORMAT` when it is missing or has not 32 bytes. */
export function keyField(fields: Fields, tag: number): Bytes {
  const key = stringField(fields, tag);
  if (key.length !== 32) throw bad("a key of another length");
  // By itself: what is stored of it must not drag the whole message along.
  return key.slice();
}

/** Whole blocks of AES, at least one: - Throws: `BAD_FORMAT` otherwise. */
export function ciphertextField(fields: Fields, tag: number): Bytes {
  const ciphertext = stringField(fields, tag);
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) throw bad("not whole blocks");
  return ciphertext;
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let left = value;; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push(left % 128 + 128);
  }
}

function bad(what: string): CryptoError {
  return new CryptoError("BAD_FORMAT", what);
}
