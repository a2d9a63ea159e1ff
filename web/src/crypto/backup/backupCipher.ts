import { stringIn } from "../../platform/json.ts";
import { decryptCBC, encryptCBC } from "../primitives/aes.ts";
import { decodeBase64, decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, equalInConstantTime, noBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hkdfSHA256, hmacSHA256, importHMACKey } from "../primitives/hashing.ts";
import { agree, generateX25519, type X25519KeyPair } from "../primitives/x25519.ts";

/** The `session_data` of one backed-up session: who has the public key can make one. */
export type SealedSession = {
  readonly ephemeral: string;
  readonly ciphertext: string;
  readonly mac: string;
};

/** Of one session's ciphertext, in Base64 characters. A real one has about 900. */
const maxCiphertext = 64 * 1024;

/**
 * Encrypts for the holder of the backup's private key, as libolm's PkEncryption does.
 *
 * - Parameter publicKey: The backup's, 32 bytes, from `auth_data` that is trusted.
 * - Spec: [Backup algorithm](https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2)
 */
export async function sealForBackup(publicKey: Bytes, plaintext: Bytes): Promise<SealedSession> {
  const ephemeral = await generateX25519();
  const keys = await deriveKeys(await agree(ephemeral.privateKey, publicKey));
  return {
    ephemeral: encodeBase64(ephemeral.publicKey),
    ciphertext: encodeBase64(await encryptCBC(keys.aes, keys.iv, plaintext)),
    mac: encodeBase64(await macOf(keys.mac)),
  };
}

/**
 * Opens one backed-up session.
 *
 * The MAC tells whether the key is right, no more: it is not of the ciphertext (see `macOf`), and
 * whoever runs the server can make one, for the public key is public. What comes out of a backup
 * says nothing about who wrote it.
 *
 * - Throws: `BAD_FORMAT`, `TOO_LARGE`, `BAD_KEY`, `BAD_MAC`.
 */
export async function openFromBackup(pair: X25519KeyPair, sealed: unknown): Promise<Bytes> {
  const [ephemeralText, text, macText] = ["ephemeral", "ciphertext", "mac"].map((name) =>
    stringIn(sealed, name)
  );
  if (ephemeralText === undefined || text === undefined || macText === undefined) {
    throw new CryptoError("BAD_FORMAT", "an incomplete backed-up session");
  }
  if (text.length > maxCiphertext) throw new CryptoError("TOO_LARGE", "no session is so long");
  const ephemeral = decodeBase64Exactly(32, ephemeralText);
  const mac = decodeBase64Exactly(macBytes, macText);
  const ciphertext = decodeBase64(text);
  const keys = await deriveKeys(await agree(pair.privateKey, ephemeral));
  if (!equalInConstantTime(await macOf(keys.mac), mac)) {
    throw new CryptoError("BAD_MAC", "the session was backed up with another key");
  }
  return await decryptCBC(keys.aes, keys.iv, ciphertext);
}

const macBytes = 8;

/**
 * The MAC of nothing: the algorithm meant the ciphertext, the first implementation passed an empty
 * string, and all others have to do the same.
 */
async function macOf(key: Bytes): Promise<Bytes> {
  return (await hmacSHA256(await importHMACKey(key), noBytes)).slice(0, macBytes);
}

async function deriveKeys(shared: Bytes): Promise<{ aes: Bytes; mac: Bytes; iv: Bytes }> {
  const derived = await hkdfSHA256(shared, noBytes, 80);
  return { aes: derived.slice(0, 32), mac: derived.slice(32, 64), iv: derived.slice(64) };
}
