import { macBytes } from "../olm/authenticatedEncryption.ts";
import { messageBytes } from "../olm/messages.ts";
import { type Bytes, concat } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { ciphertextField, integerField, readFields, writeFields } from "../primitives/fields.ts";

export type GroupMessage = {
  /** In 0..<2^32. */
  readonly index: number;
  readonly ciphertext: Bytes;
  /** All before the authentication code. */
  readonly authenticated: Bytes;
  readonly mac: Bytes;
  /** All before the signature. */
  readonly signed: Bytes;
  readonly signature: Bytes;
};

const version = 3;
const signatureBytes = 64;

/**
 * - Parameter body: Unpadded Base64, as it stands in an event.
 * - Throws: `TOO_LARGE`, `BAD_VERSION`, `BAD_FORMAT`.
 * - Spec: [Message format](https://spec.matrix.org/v1.19/olm-megolm/megolm/#message-format)
 */
export function readGroupMessage(body: string): GroupMessage {
  const bytes = messageBytes(body);
  const signedEnd = bytes.length - signatureBytes;
  const end = signedEnd - macBytes;
  if (end < 1) throw new CryptoError("BAD_FORMAT", "too short");
  if (bytes[0] !== version) throw new CryptoError("BAD_VERSION", "another version of Megolm");
  const fields = readFields(bytes.subarray(1, end));
  return {
    index: integerField(fields, 0x08),
    ciphertext: ciphertextField(fields, 0x12),
    authenticated: bytes.subarray(0, end),
    mac: bytes.subarray(end, signedEnd),
    signed: bytes.subarray(0, signedEnd),
    signature: bytes.subarray(signedEnd),
  };
}

/** What is authenticated, and then signed. */
export function writeGroupMessage(index: number, ciphertext: Bytes): Bytes {
  return concat(Uint8Array.of(version), writeFields([[0x08, index], [0x12, ciphertext]]));
}
