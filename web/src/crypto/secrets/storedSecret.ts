import { objectIn, stringIn } from "../../platform/json.ts";
import { applyCTR } from "../primitives/aes.ts";
import { decodeBase64, decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, decodeUTF8, encodeUTF8, equalInConstantTime } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hmacSHA256 } from "../primitives/hashing.ts";
import { applySecretCipher, deriveSecretKeys, randomCounter } from "./secretCipher.ts";

/** The names of the secrets, which are also the account data that holds them. */
export const secretNames = {
  master: "m.cross_signing.master",
  selfSigning: "m.cross_signing.self_signing",
  userSigning: "m.cross_signing.user_signing",
  backup: "m.megolm_backup.v1",
} as const;

export type SecretName = (typeof secretNames)[keyof typeof secretNames];

/** Of one secret's ciphertext, in Base64 characters; the server's limit for an event is less. */
const maxCiphertext = 100_000;

/**
 * The content of account data for a secret: encrypted for each of these keys.
 *
 * - Parameter name: The secret's, which is part of the encryption: put elsewhere, it is refused.
 * - Spec: [Secret storage](https://spec.matrix.org/v1.19/client-server-api/#secret-storage)
 */
export async function encryptSecret(
  name: string,
  secret: string,
  keys: readonly { readonly keyID: string; readonly key: Bytes }[],
) {
  const plaintext = encodeUTF8(secret);
  const encrypted = await Promise.all(keys.map(async ({ keyID, key }) => {
    const iv = randomCounter();
    const { ciphertext, mac } = await applySecretCipher(key, name, iv, plaintext);
    const texts = {
      iv: encodeBase64(iv),
      ciphertext: encodeBase64(ciphertext),
      mac: encodeBase64(mac),
    };
    return [keyID, texts] as const;
  }));
  return { encrypted: Object.fromEntries(encrypted) };
}

/** Whether this account data holds the secret for that key. Former keys are left behind. */
export function isEncryptedFor(content: unknown, keyID: string): boolean {
  return objectIn(objectIn(content, "encrypted"), keyID) !== undefined;
}

/**
 * Opens the secret that account data holds for one key.
 *
 * The MAC is of the ciphertext alone, so whoever changes the IV changes the secret into noise:
 * use what comes out only after it was found to be what it should be, as `openSeed` does.
 *
 * - Throws: `UNKNOWN_KEY` when it is not encrypted for that key, `BAD_FORMAT`, and `BAD_MAC` when
 *   it is by another key, of another name, or damaged.
 */
export async function decryptSecret(
  name: string,
  content: unknown,
  keyID: string,
  key: Bytes,
): Promise<string> {
  const found = objectIn(objectIn(content, "encrypted"), keyID);
  if (found === undefined) {
    throw new CryptoError("UNKNOWN_KEY", "the secret is not kept under this key");
  }
  const [ivText, text, macText] = ["iv", "ciphertext", "mac"].map((field) =>
    stringIn(found, field)
  );
  if (ivText === undefined || text === undefined || macText === undefined) {
    throw new CryptoError("BAD_FORMAT", "an incomplete secret");
  }
  if (text.length > maxCiphertext) throw new CryptoError("TOO_LARGE", "a secret beyond all bounds");
  const iv = decodeBase64Exactly(16, ivText);
  const ciphertext = decodeBase64(text);
  const mac = decodeBase64Exactly(32, macText);
  const keys = await deriveSecretKeys(key, name);
  if (!equalInConstantTime(await hmacSHA256(keys.mac, ciphertext), mac)) {
    throw new CryptoError("BAD_MAC", "the secret is not of this key and name");
  }
  return decodeUTF8(await applyCTR(keys.aes, iv, ciphertext, 128));
}

/**
 * The 32 bytes of a seed or private key, which secrets carry in Base64.
 *
 * - Throws: `BAD_FORMAT`.
 */
export function readSeed(secret: string): Bytes {
  return decodeBase64Exactly(32, secret.trim());
}
