import { applyCTR } from "../primitives/aes.ts";
import { type Bytes, encodeUTF8, randomBytes } from "../primitives/bytes.ts";
import { hkdfSHA256, hmacSHA256, importHMACKey } from "../primitives/hashing.ts";

export const secretStorageAlgorithm = "m.secret_storage.v1.aes-hmac-sha2";

/** 16 random bytes of which bit 63 is zero: some counters of other implementations stop there. */
export function randomCounter(): Bytes {
  const iv = randomBytes(16);
  iv[8] = iv[8]! & 0x7f;
  return iv;
}

/**
 * Encrypts one secret, or the zeros that check a key, with keys derived from its name.
 *
 * - Parameter key: 32 bytes as a rule; what a passphrase gave may have more.
 * - Parameter name: The secret's; empty for the zeros.
 * - Returns: The encrypted bytes and their 32-byte MAC.
 * - Spec: [Secret storage](https://spec.matrix.org/v1.19/client-server-api/#secret-storage)
 */
export async function applySecretCipher(
  key: Bytes,
  name: string,
  iv: Bytes,
  plaintext: Bytes,
): Promise<{ readonly ciphertext: Bytes; readonly mac: Bytes }> {
  const keys = await deriveSecretKeys(key, name);
  const ciphertext = await applyCTR(keys.aes, iv, plaintext, 128);
  return { ciphertext, mac: await hmacSHA256(keys.mac, ciphertext) };
}

export async function deriveSecretKeys(
  key: Bytes,
  name: string,
): Promise<{ readonly aes: Bytes; readonly mac: CryptoKey }> {
  const derived = await hkdfSHA256(key, encodeUTF8(name), 64);
  return { aes: derived.slice(0, 32), mac: await importHMACKey(derived.slice(32)) };
}
