import { decodeBase64Exactly, encodeBase64 } from "./base64.ts";
import { type Bytes, encodeUTF8 } from "./bytes.ts";
import { canonicalJSON } from "./canonicalJSON.ts";
import { CryptoError } from "./CryptoError.ts";
import { importEd25519Public, isSignedBy, sign } from "./ed25519.ts";

/** An object that carries signatures, or is to. `unsigned` is never part of what is signed. */
export type Signable = { readonly [key: string]: unknown };

/** By user or server name, then by key ID (`ed25519:DEVICE`): unpadded Base64. */
export type Signatures = { readonly [signer: string]: { readonly [keyID: string]: string } };

/**
 * The same object with one more signature; the others are kept.
 *
 * - Parameter keyID: `ed25519:` and the device's ID, or the public key in Base64.
 * - Spec: [Signing JSON](https://spec.matrix.org/v1.19/appendices/#signing-json)
 */
export async function signJSON<T extends Signable>(
  object: T,
  signer: string,
  keyID: string,
  privateKey: CryptoKey,
): Promise<T & { readonly signatures: Signatures }> {
  const signature = encodeBase64(await sign(privateKey, signedBytes(object)));
  const signatures = new Map(entries(own(object, "signatures")));
  signatures.set(signer, {
    ...Object.fromEntries(entries(signatures.get(signer))),
    [keyID]: signature,
  });
  return { ...object, signatures: Object.fromEntries(signatures) as Signatures };
}

/**
 * - Throws: `BAD_SIGNATURE` when there is none by that key, or it is for something else;
 *   `BAD_KEY` when the public key is none.
 */
export async function verifyJSON(
  object: Signable,
  signer: string,
  keyID: string,
  publicKey: Bytes,
): Promise<void> {
  if (!await isJSONSigned(object, signer, keyID, await importEd25519Public(publicKey))) {
    throw new CryptoError("BAD_SIGNATURE", `no good signature by ${keyID}`);
  }
}

/** Whether it carries a good signature by that key; whatever the object holds. */
export async function isJSONSigned(
  object: Signable,
  signer: string,
  keyID: string,
  publicKey: CryptoKey,
): Promise<boolean> {
  const text = own(own(own(object, "signatures"), signer), keyID);
  if (typeof text !== "string") return false;
  try {
    const signature = decodeBase64Exactly(64, text);
    return await isSignedBy(publicKey, signedBytes(object), signature);
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

/** What a signature of this object is of. */
export function signedBytes(object: Signable): Bytes {
  const { signatures: _, unsigned: __, ...rest } = object;
  return encodeUTF8(canonicalJSON(rest));
}

function own(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
