import type { Bytes } from "./bytes.ts";
import { concat, noBytes, randomBytes } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";

const subtle = crypto.subtle;

/**
 * AES-256-CBC with PKCS#7 padding. What was made with it carries a MAC: check that first, so that
 * a wrong padding tells an attacker nothing.
 *
 * - Parameter key: 32 bytes.
 * - Parameter iv: 16 bytes.
 */
export async function encryptCBC(key: Bytes, iv: Bytes, plaintext: Bytes): Promise<Bytes> {
  const imported = await subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
  return new Uint8Array(await subtle.encrypt({ name: "AES-CBC", iv }, imported, plaintext));
}

/** - Throws: `BAD_FORMAT` when the padding is wrong. */
export async function decryptCBC(key: Bytes, iv: Bytes, ciphertext: Bytes): Promise<Bytes> {
  const imported = await subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  try {
    return new Uint8Array(await subtle.decrypt({ name: "AES-CBC", iv }, imported, ciphertext));
  } catch {
    throw new CryptoError("BAD_FORMAT", "the padding is wrong");
  }
}

/**
 * AES-256-CTR; the same call encrypts and decrypts.
 *
 * - Parameter counter: 16 bytes: where counting begins.
 * - Parameter counterBits: How many of its last bits count; they wrap without touching the rest.
 */
export async function applyCTR(
  key: Bytes,
  counter: Bytes,
  data: Bytes,
  counterBits: 64 | 128,
): Promise<Bytes> {
  const imported = await subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]);
  const algorithm = { name: "AES-CTR", counter, length: counterBits };
  return new Uint8Array(await subtle.encrypt(algorithm, imported, data));
}

/**
 * A key for what is kept on this device: it never leaves the browser, which stores it as it is.
 */
export function generateSealingKey(): Promise<CryptoKey> {
  return subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * Encrypts what is kept on this device: 12 random bytes, then AES-256-GCM.
 *
 * A random nonce may be used 2^32 times under one key; a device seals some thousands a day.
 *
 * - Parameter place: What this is and where it is kept; opening it elsewhere fails.
 */
export async function seal(key: CryptoKey, data: Bytes, place: Bytes = noBytes): Promise<Bytes> {
  const iv = randomBytes(nonceBytes);
  const algorithm = { name: "AES-GCM", iv, additionalData: place };
  return concat(iv, new Uint8Array(await subtle.encrypt(algorithm, key, data)));
}

/** - Throws: `BAD_MAC` when it is damaged, of another key or of another place. */
export async function unseal(
  key: CryptoKey,
  sealed: Bytes,
  place: Bytes = noBytes,
): Promise<Bytes> {
  const iv = sealed.subarray(0, nonceBytes);
  const algorithm = { name: "AES-GCM", iv, additionalData: place };
  try {
    const data = sealed.subarray(nonceBytes);
    return new Uint8Array(await subtle.decrypt(algorithm, key, data));
  } catch {
    throw new CryptoError("BAD_MAC", "what was kept on this device cannot be opened");
  }
}

const nonceBytes = 12;
