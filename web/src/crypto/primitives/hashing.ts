import type { Bytes } from "./bytes.ts";
import { noBytes } from "./bytes.ts";

const subtle = crypto.subtle;

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.digest("SHA-256", data));
}

/** A key for `hmacSHA256`, not extractable. */
export function importHMACKey(key: Bytes): Promise<CryptoKey> {
  return subtle.importKey("raw", key, hmac, false, ["sign"]);
}

export async function hmacSHA256(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign("HMAC", key, data));
}

/**
 * HKDF-SHA-256.
 *
 * - Parameter salt: Empty for the default, which is as many zeros as a hash has bytes.
 * - Returns: `length` bytes.
 */
export async function hkdfSHA256(
  secret: Bytes,
  info: Bytes,
  length: number,
  salt: Bytes = noBytes,
): Promise<Bytes> {
  const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await subtle.deriveBits(derivation, key, length * 8));
}

/** PBKDF2 with HMAC-SHA-512. The caller bounds `iterations`. */
export async function pbkdf2SHA512(
  passphrase: Bytes,
  salt: Bytes,
  iterations: number,
  length: number,
): Promise<Bytes> {
  const key = await subtle.importKey("raw", passphrase, "PBKDF2", false, ["deriveBits"]);
  const derivation = { name: "PBKDF2", hash: "SHA-512", salt, iterations };
  return new Uint8Array(await subtle.deriveBits(derivation, key, length * 8));
}

const hmac = { name: "HMAC", hash: "SHA-256" } as const;
