import type { Bytes } from "./bytes.ts";
import { concat, equalInConstantTime } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";

const subtle = crypto.subtle;

/** A Curve25519 key pair: 32 public bytes, and a private key that cannot leave the browser. */
export type X25519KeyPair = { readonly publicKey: Bytes; readonly privateKey: CryptoKey };

export async function generateX25519(): Promise<X25519KeyPair> {
  const pair = await subtle.generateKey("X25519", false, ["deriveBits"]) as CryptoKeyPair;
  const publicKey = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  return { publicKey, privateKey: pair.privateKey };
}

/**
 * The key pair of a private key that must also exist outside (that of the backup).
 *
 * - Parameter seed: 32 bytes.
 */
export async function importX25519(seed: Bytes): Promise<X25519KeyPair> {
  if (seed.length !== 32) throw new CryptoError("BAD_KEY", "a private key has 32 bytes");
  const document = concat(documentHead, seed);
  const privateKey = await subtle.importKey("pkcs8", document, "X25519", false, ["deriveBits"]);
  // The public key is what the private one agrees on with the curve's base point.
  return { publicKey: await agree(privateKey, basePoint), privateKey };
}

/**
 * The 32 bytes that both ends agree on.
 *
 * - Parameter theirs: 32 bytes, by anybody.
 * - Throws: `BAD_KEY` when it is no key, or one of those that agree on zero with everybody.
 */
export async function agree(ours: CryptoKey, theirs: Bytes): Promise<Bytes> {
  if (theirs.length !== 32) throw new CryptoError("BAD_KEY", "a public key has 32 bytes");
  try {
    const key = await subtle.importKey("raw", theirs, "X25519", false, []);
    const shared = new Uint8Array(
      await subtle.deriveBits({ name: "X25519", public: key }, ours, 256),
    );
    // Browsers refuse it by themselves; the standard asks so only since 2023.
    if (!equalInConstantTime(shared, zero)) return shared;
  } catch {
    // An OperationError, for the same reason.
  }
  throw new CryptoError("BAD_KEY", "this public key gives no secret");
}

const zero = new Uint8Array(32);
const basePoint = Uint8Array.of(9, ...new Uint8Array(31));

/** RFC 8410: a PKCS#8 document up to the 32 bytes of the key. */
const documentHead = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e],
  ...[0x04, 0x22, 0x04, 0x20],
);
