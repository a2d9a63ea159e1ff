import { type Ed25519KeyPair, generateEd25519 } from "../primitives/ed25519.ts";
import { generateX25519, type X25519KeyPair } from "../primitives/x25519.ts";

/**
 * The two keys that a device is known by for as long as it is signed in. Neither can leave the
 * browser; the database keeps this object as it is.
 */
export type IdentityKeys = {
  /** Agrees on secrets: the `curve25519:` key of the device, Olm's sender key. */
  readonly curve25519: X25519KeyPair;
  /** Signs: the `ed25519:` key, the device's fingerprint. */
  readonly ed25519: Ed25519KeyPair;
};

export async function generateIdentityKeys(): Promise<IdentityKeys> {
  const [curve25519, ed25519] = await Promise.all([generateX25519(), generateEd25519()]);
  return { curve25519, ed25519 };
}
