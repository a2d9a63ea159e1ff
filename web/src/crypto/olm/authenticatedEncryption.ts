import { decryptCBC, encryptCBC } from "../primitives/aes.ts";
import { type Bytes, concat, encodeUTF8, equalInConstantTime } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hkdfSHA256, hmacSHA256, importHMACKey } from "../primitives/hashing.ts";

/** Authentication codes are cut to so many bytes, in Olm and in Megolm. */
export const macBytes = 8;

/** What encrypts and authenticates one message. Never used for a second one. */
export type MessageKeys = {
  readonly aes: Bytes;
  readonly hmac: Bytes;
  readonly iv: Bytes;
};

/**
 * - Parameter secret: Olm's message key, or the whole of Megolm's ratchet.
 * - Spec: [Olm authenticated encryption](https://spec.matrix.org/v1.19/olm-megolm/olm/#olm-authenticated-encryption)
 */
export async function messageKeys(
  secret: Bytes,
  info: "OLM_KEYS" | "MEGOLM_KEYS",
): Promise<MessageKeys> {
  const keys = await hkdfSHA256(secret, encodeUTF8(info), 80);
  return { aes: keys.slice(0, 32), hmac: keys.slice(32, 64), iv: keys.slice(64) };
}

/**
 * The whole message with its authentication code.
 *
 * - Parameter frame: Lays the ciphertext into the message that is authenticated.
 */
export async function encryptAndAuthenticate(
  keys: MessageKeys,
  plaintext: Bytes,
  frame: (ciphertext: Bytes) => Bytes,
): Promise<Bytes> {
  const [hmac, ciphertext] = await Promise.all([
    importHMACKey(keys.hmac),
    encryptCBC(keys.aes, keys.iv, plaintext),
  ]);
  const message = frame(ciphertext);
  const mac = await hmacSHA256(hmac, message);
  return concat(message, mac.subarray(0, macBytes));
}

/**
 * - Parameter authenticated: All of the message before the code.
 * - Throws: `BAD_MAC`, before anything is decrypted.
 */
export async function checkAndDecrypt(
  keys: MessageKeys,
  authenticated: Bytes,
  mac: Bytes,
  ciphertext: Bytes,
): Promise<Bytes> {
  const right = await hmacSHA256(await importHMACKey(keys.hmac), authenticated);
  if (!equalInConstantTime(right.subarray(0, macBytes), mac)) {
    throw new CryptoError("BAD_MAC", "the authentication code is another");
  }
  return await decryptCBC(keys.aes, keys.iv, ciphertext);
}
