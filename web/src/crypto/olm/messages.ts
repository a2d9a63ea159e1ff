import { decodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import {
  ciphertextField,
  integerField,
  keyField,
  readFields,
  stringField,
  writeFields,
} from "../primitives/fields.ts";
import { macBytes } from "./authenticatedEncryption.ts";

/**
 * An Olm message as it stands in an event: 0 for a pre-key message, which can begin a session;
 * 1 for a normal one. The body is unpadded Base64.
 */
export type OlmMessage = { readonly type: 0 | 1; readonly body: string };

export type NormalMessage = {
  readonly ratchetKey: Bytes;
  /** In 0..<2^32. */
  readonly chainIndex: number;
  readonly ciphertext: Bytes;
  /** All before the authentication code. */
  readonly authenticated: Bytes;
  readonly mac: Bytes;
};

export type PreKeyMessage = {
  readonly oneTimeKey: Bytes;
  readonly baseKey: Bytes;
  readonly identityKey: Bytes;
  readonly message: NormalMessage;
};

/** No event holds so much. */
const maxCharacters = 131_072;
const version = 3;

/** - Throws: `TOO_LARGE`, `BAD_FORMAT`. */
export function messageBytes(body: string): Bytes {
  if (body.length > maxCharacters) throw new CryptoError("TOO_LARGE", "no message is so long");
  return decodeBase64(body);
}

/**
 * - Throws: `BAD_VERSION`, `BAD_FORMAT`.
 * - Spec: [Normal messages](https://spec.matrix.org/v1.19/olm-megolm/olm/#normal-messages)
 */
export function readNormalMessage(bytes: Bytes): NormalMessage {
  const end = bytes.length - macBytes;
  const fields = readFields(payload(bytes, end));
  return {
    ratchetKey: keyField(fields, 0x0a),
    chainIndex: integerField(fields, 0x10),
    ciphertext: ciphertextField(fields, 0x22),
    authenticated: bytes.subarray(0, end),
    mac: bytes.subarray(end),
  };
}

/**
 * - Throws: `BAD_VERSION`, `BAD_FORMAT`, for the embedded message too.
 * - Spec: [Pre-key messages](https://spec.matrix.org/v1.19/olm-megolm/olm/#pre-key-messages)
 */
export function readPreKeyMessage(bytes: Bytes): PreKeyMessage {
  const fields = readFields(payload(bytes, bytes.length));
  return {
    oneTimeKey: keyField(fields, 0x0a),
    baseKey: keyField(fields, 0x12),
    identityKey: keyField(fields, 0x1a),
    message: readNormalMessage(stringField(fields, 0x22)),
  };
}

/** What is authenticated of a normal message. */
export function writeNormalMessage(
  ratchetKey: Bytes,
  chainIndex: number,
  ciphertext: Bytes,
): Bytes {
  const fields = writeFields([[0x0a, ratchetKey], [0x10, chainIndex], [0x22, ciphertext]]);
  return concat(Uint8Array.of(version), fields);
}

export function writePreKeyMessage(
  keys: { readonly oneTimeKey: Bytes; readonly baseKey: Bytes; readonly identityKey: Bytes },
  message: Bytes,
): Bytes {
  const fields = writeFields([
    [0x0a, keys.oneTimeKey],
    [0x12, keys.baseKey],
    [0x1a, keys.identityKey],
    [0x22, message],
  ]);
  return concat(Uint8Array.of(version), fields);
}

function payload(bytes: Bytes, end: number): Bytes {
  if (end < 1) throw new CryptoError("BAD_FORMAT", "too short");
  if (bytes[0] !== version) throw new CryptoError("BAD_VERSION", "another version of Olm");
  return bytes.subarray(1, end);
}
