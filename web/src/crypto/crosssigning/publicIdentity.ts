import { asObject, entriesIn, type JsonObject, stringIn, stringsIn } from "../../platform/json.ts";
import type { UserID } from "../../matrix/contract.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { importEd25519Public } from "../primitives/ed25519.ts";
import { isJSONSigned, verifyJSON } from "../primitives/signedJSON.ts";
import type { DeviceKeys } from "./deviceKeys.ts";

export type SigningUsage = "master" | "self_signing" | "user_signing";

/** The public half of one cross-signing key, as its owner published it. */
export type SigningKey = {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** `ed25519:` and the public key: what it signs under. */
  readonly keyID: string;
  /** As the server gave it: what signatures are of. */
  readonly object: JsonObject;
};

/**
 * Who somebody is, cryptographically: the master key, and what it vouches for.
 *
 * - Spec: [Cross-signing](https://spec.matrix.org/v1.19/client-server-api/#cross-signing)
 */
export type PublicIdentity = {
  readonly userID: UserID;
  readonly master: SigningKey;
  /** Signs its owner's devices. Undefined: none that the master key signed. */
  readonly selfSigning?: SigningKey;
  /** Signs other people's master keys. Only its owner sees it. */
  readonly userSigning?: SigningKey;
};

/** What `/keys/query` gave about one person; anything may be anything. */
export type PublishedKeys = {
  readonly master?: unknown;
  readonly selfSigning?: unknown;
  readonly userSigning?: unknown;
};

/**
 * Reads a person's cross-signing keys. A key that the master key did not sign is left out, for it
 * vouches for nothing.
 *
 * - Returns: Undefined when they published no master key.
 * - Throws: `BAD_FORMAT` or `BAD_KEY` when what stands for the master key is none.
 */
export async function readIdentity(
  userID: UserID,
  published: PublishedKeys,
): Promise<PublicIdentity | undefined> {
  if (published.master === undefined) return undefined;
  const master = readSigningKey(userID, "master", published.master);
  const vouched = async (usage: SigningUsage, value: unknown) => {
    if (value === undefined) return undefined;
    try {
      const key = readSigningKey(userID, usage, value);
      // One key in two roles would let what it signs in the one count in the other.
      if (key.keyID === master.keyID) return undefined;
      await verifyJSON(key.object, userID, master.keyID, master.publicKey);
      return key;
    } catch (error) {
      if (error instanceof CryptoError) return undefined;
      throw error;
    }
  };
  const selfSigning = await vouched("self_signing", published.selfSigning);
  const userSigning = await vouched("user_signing", published.userSigning);
  return {
    userID,
    master,
    ...(selfSigning === undefined ? {} : { selfSigning }),
    ...(userSigning === undefined || userSigning.keyID === selfSigning?.keyID
      ? {}
      : { userSigning }),
  };
}

/** Of what somebody publishes of one key, in characters of JSON. A real one has some 500. */
const maxObject = 20_000;

/**
 * - Throws: `BAD_FORMAT` when it is not exactly one Ed25519 key for this person and use, and
 *   `TOO_LARGE`.
 */
export function readSigningKey(userID: UserID, usage: SigningUsage, value: unknown): SigningKey {
  const object = asObject(value);
  const keys = entriesIn(object, "keys");
  const [keyID, text] = keys[0] ?? [];
  const isMeant = stringIn(object, "user_id") === userID &&
    stringsIn(object, "usage").includes(usage);
  if (object === undefined || !isMeant || keys.length !== 1 || typeof text !== "string") {
    throw new CryptoError("BAD_FORMAT", `not a ${usage} key`);
  }
  if (JSON.stringify(object).length > maxObject) {
    throw new CryptoError("TOO_LARGE", "no key is so large");
  }
  const publicKey = decodeBase64Exactly(32, text);
  if (keyID !== `ed25519:${encodeBase64(publicKey)}`) {
    throw new CryptoError("BAD_FORMAT", "a key under another's name");
  }
  return { publicKey, keyID, object };
}

/** Whether the owner's self-signing key has signed this device. */
export async function isDeviceSigned(
  device: Pick<DeviceKeys, "userID" | "deviceID" | "object">,
  owner: PublicIdentity | undefined,
): Promise<boolean> {
  const key = owner?.selfSigning;
  if (owner === undefined || key === undefined || owner.userID !== device.userID) return false;
  if (hasNameOfKey(device.deviceID, owner)) return false;
  return await isJSONSigned(
    device.object,
    owner.userID,
    key.keyID,
    await importEd25519Public(key.publicKey),
  );
}

/** Whether our own user-signing key has signed this person's master key. */
export async function isIdentitySigned(
  theirs: PublicIdentity,
  own: PublicIdentity | undefined,
): Promise<boolean> {
  const key = own?.userSigning;
  if (own === undefined || key === undefined) return false;
  return await isJSONSigned(
    theirs.master.object,
    own.userID,
    key.keyID,
    await importEd25519Public(key.publicKey),
  );
}

/**
 * Whether a device has the name of a cross-signing key, as only a server that lies makes it.
 * Such a person cannot be verified: one name would stand for two keys.
 *
 * - Spec: [Key and signature security](https://spec.matrix.org/v1.19/client-server-api/#key-and-signature-security)
 */
export function hasNameOfKey(deviceID: string, identity: PublicIdentity): boolean {
  return [identity.master, identity.selfSigning, identity.userSigning]
    .some((key) => key !== undefined && key.keyID === `ed25519:${deviceID}`);
}
