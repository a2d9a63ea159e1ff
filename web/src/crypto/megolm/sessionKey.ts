import { decodeBase64, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat, decodeUInt32, encodeUInt32 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import {
  type Ed25519KeyPair,
  importEd25519Public,
  isSignedBy,
  sign,
} from "../primitives/ed25519.ts";
import type { Ratchet } from "./Ratchet.ts";

/** What one must know to read a session from an index on. */
export type SessionKey = {
  readonly ratchet: Ratchet;
  /** The public key that signs the session's messages, and names it. */
  readonly signingKey: Bytes;
};

const [sharedVersion, exportedVersion] = [2, 1];
const exportedBytes = 165;
const sharedBytes = exportedBytes + 64;

/**
 * A `session_key` as `m.room_key` carries it, in unpadded Base64: signed by the session itself.
 *
 * - Spec: [Session sharing format](https://spec.matrix.org/v1.19/olm-megolm/megolm/#session-sharing-format)
 */
export async function writeSharedKey(ratchet: Ratchet, signing: Ed25519KeyPair): Promise<string> {
  const key = { ratchet, signingKey: signing.publicKey };
  const bytes = layOut(sharedVersion, key);
  return encodeBase64(concat(bytes, await sign(signing.privateKey, bytes)));
}

/** - Throws: `BAD_FORMAT`, `BAD_VERSION`, `BAD_KEY`, `BAD_SIGNATURE`. */
export async function readSharedKey(text: string): Promise<SessionKey> {
  const bytes = read(text, sharedBytes, sharedVersion);
  const key = take(bytes);
  const verifier = await importEd25519Public(key.signingKey);
  const signed = bytes.subarray(0, exportedBytes);
  if (!await isSignedBy(verifier, signed, bytes.subarray(exportedBytes))) {
    throw new CryptoError("BAD_SIGNATURE", "a session key that its session did not sign");
  }
  return key;
}

/**
 * A `session_key` as forwarded keys, backups and key files carry it, in unpadded Base64.
 *
 * - Spec: [Session export format](https://spec.matrix.org/v1.19/olm-megolm/megolm/#session-export-format)
 */
export function writeExportedKey(key: SessionKey): string {
  return encodeBase64(layOut(exportedVersion, key));
}

/** - Throws: `BAD_FORMAT`, `BAD_VERSION`. */
export function readExportedKey(text: string): SessionKey {
  return take(read(text, exportedBytes, exportedVersion));
}

function layOut(version: number, { ratchet, signingKey }: SessionKey): Bytes {
  return concat(Uint8Array.of(version), encodeUInt32(ratchet.index), ratchet.parts, signingKey);
}

function read(text: string, length: number, version: number): Bytes {
  if (text.length > 2 * length) throw new CryptoError("BAD_FORMAT", "too long");
  const bytes = decodeBase64(text);
  if (bytes[0] !== version) throw new CryptoError("BAD_VERSION", "another kind of session key");
  if (bytes.length !== length) throw new CryptoError("BAD_FORMAT", "of another length");
  return bytes;
}

function take(bytes: Bytes): SessionKey {
  return {
    ratchet: { index: decodeUInt32(bytes, 1), parts: bytes.slice(5, 133) },
    signingKey: bytes.slice(133, exportedBytes),
  };
}
