import { applyCTR } from "../primitives/aes.ts";
import { type Bytes, concat, equalInConstantTime, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { FileSecret } from "./encryptedFile.ts";
import { Sha256 } from "./Sha256.ts";

/**
 * How much of a file is in memory at a time. A multiple of AES's 16 bytes, so that the counter of
 * each piece follows from its place.
 */
export const pieceBytes = 1024 * 1024;

export type EncryptedBytes = { readonly ciphertext: Blob; readonly secret: FileSecret };

/**
 * Encrypts a file under a key of its own, piece by piece.
 *
 * - Throws: The signal's reason when it aborts.
 * - Spec: [Sending encrypted attachments](https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments)
 */
export async function encryptAttachment(
  file: Blob,
  signal?: AbortSignal,
): Promise<EncryptedBytes> {
  const key = randomBytes(32);
  const iv = concat(randomBytes(8), new Uint8Array(8));
  const hash = new Sha256();
  const pieces: Blob[] = [];
  for await (const { bytes, start } of piecesOf(file, signal)) {
    const encrypted = await applyCTR(key, counterAt(iv, start), bytes, 64);
    hash.add(encrypted);
    // As blobs, which the browser may keep on disk.
    pieces.push(new Blob([encrypted]));
  }
  // No type: what kind of file it is stays secret.
  return { ciphertext: new Blob(pieces), secret: { key, iv, sha256: hash.finish() } };
}

/**
 * Opens an encrypted file: its hash is checked whole before a byte of it is decrypted.
 *
 * - Parameter type: The media type of the result; the caller decides which it trusts.
 * - Throws: `BAD_MAC` when it is not the file that was sent; the signal's reason when it aborts.
 */
export async function decryptAttachment(
  ciphertext: Blob,
  secret: FileSecret,
  type: string,
  signal?: AbortSignal,
): Promise<Blob> {
  const hash = new Sha256();
  for await (const { bytes } of piecesOf(ciphertext, signal)) hash.add(bytes);
  if (!equalInConstantTime(hash.finish(), secret.sha256)) {
    throw new CryptoError("BAD_MAC", "the file is not the one that was sent");
  }
  const pieces: Blob[] = [];
  for await (const { bytes, start } of piecesOf(ciphertext, signal)) {
    pieces.push(new Blob([await applyCTR(secret.key, counterAt(secret.iv, start), bytes, 64)]));
  }
  return new Blob(pieces, { type });
}

async function* piecesOf(
  blob: Blob,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly bytes: Bytes; readonly start: number }> {
  for (let start = 0; start < blob.size; start += pieceBytes) {
    signal?.throwIfAborted();
    const piece = blob.slice(start, start + pieceBytes);
    yield { bytes: new Uint8Array(await piece.arrayBuffer()), start };
  }
}

/** The counter block for what lies `start` bytes from the beginning. */
function counterAt(iv: Bytes, start: number): Bytes {
  const counter = iv.slice();
  new DataView(counter.buffer).setBigUint64(8, BigInt(start / 16));
  return counter;
}
