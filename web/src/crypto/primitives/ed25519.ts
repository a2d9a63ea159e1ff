import { decodeBase64URL } from "./base64.ts";
import type { Bytes } from "./bytes.ts";
import { concat } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";

const subtle = crypto.subtle;

/** An Ed25519 key pair: 32 public bytes, and a private key that cannot leave the browser. */
export type Ed25519KeyPair = { readonly publicKey: Bytes; readonly privateKey: CryptoKey };

export async function generateEd25519(): Promise<Ed25519KeyPair> {
  const pair = await subtle.generateKey("Ed25519", false, ["sign", "verify"]) as CryptoKeyPair;
  const publicKey = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  return { publicKey, privateKey: pair.privateKey };
}

/**
 * The key pair of a seed that must also exist outside (those of cross-signing).
 *
 * - Parameter seed: 32 bytes.
 */
export async function importEd25519(seed: Bytes): Promise<Ed25519KeyPair> {
  if (seed.length !== 32) throw new CryptoError("BAD_KEY", "a seed has 32 bytes");
  const document = concat(documentHead, seed);
  const [privateKey, passing] = await Promise.all([
    subtle.importKey("pkcs8", document, "Ed25519", false, ["sign"]),
    // Only an extractable key tells its public half; this one is dropped at once.
    subtle.importKey("pkcs8", document, "Ed25519", true, ["sign"]),
  ]);
  const { x } = await subtle.exportKey("jwk", passing);
  return { publicKey: decodeBase64URL(x ?? ""), privateKey };
}

/** A public key that verifies; to keep where many messages are by one key. */
export async function importEd25519Public(publicKey: Bytes): Promise<CryptoKey> {
  if (publicKey.length !== 32) throw new CryptoError("BAD_KEY", "a public key has 32 bytes");
  try {
    return await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch {
    throw new CryptoError("BAD_KEY", "not a public key");
  }
}

/** 64 bytes. */
export async function sign(privateKey: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign("Ed25519", privateKey, message));
}

export async function isSignedBy(
  publicKey: CryptoKey,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return signature.length === 64 &&
    await subtle.verify("Ed25519", publicKey, signature, message);
}

/** RFC 8410: a PKCS#8 document up to the 32 bytes of the seed. */
const documentHead = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
  ...[0x04, 0x22, 0x04, 0x20],
);
