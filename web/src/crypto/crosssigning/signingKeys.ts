import { objectIn } from "../../platform/json.ts";
import type { UserID } from "../../matrix/contract.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, equalInConstantTime, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { type Ed25519KeyPair, importEd25519 } from "../primitives/ed25519.ts";
import { signJSON } from "../primitives/signedJSON.ts";
import type { DeviceKeys } from "./deviceKeys.ts";
import {
  hasNameOfKey,
  type PublicIdentity,
  readSigningKey,
  type SigningKey,
  type SigningUsage,
} from "./publicIdentity.ts";

/** Three seeds of 32 bytes. They go to secret storage; on this device they lie sealed. */
export type SigningSeeds = {
  readonly master: Bytes;
  readonly selfSigning: Bytes;
  readonly userSigning: Bytes;
};

/** The device that speaks: `sign` of its own Ed25519 key. */
export type SigningDevice = { readonly deviceID: string; readonly privateKey: CryptoKey };

/** What `/keys/device_signing/upload` takes. */
export type SigningUpload = {
  readonly master_key: unknown;
  readonly self_signing_key: unknown;
  readonly user_signing_key: unknown;
};

/** What `/keys/signatures/upload` takes: by user, then by device ID or public key. */
export type SignatureUpload = { readonly [userID: string]: { readonly [keyID: string]: unknown } };

export function generateSeeds(): SigningSeeds {
  return {
    master: randomBytes(32),
    selfSigning: randomBytes(32),
    userSigning: randomBytes(32),
  };
}

/**
 * The public half of new keys, to be uploaded and then read back with `readIdentity`.
 *
 * The master key is signed by the device too, so that who trusts the device may trust the key.
 */
export async function publishSeeds(
  userID: UserID,
  seeds: SigningSeeds,
  device: SigningDevice,
): Promise<SigningUpload> {
  const master = await importEd25519(seeds.master);
  const masterID = `ed25519:${encodeBase64(master.publicKey)}`;
  const signed = async (usage: SigningUsage, seed: Bytes) => {
    const { publicKey } = await importEd25519(seed);
    return await signJSON(keyObject(userID, usage, publicKey), userID, masterID, master.privateKey);
  };
  return {
    master_key: await signJSON(
      keyObject(userID, "master", master.publicKey),
      userID,
      `ed25519:${device.deviceID}`,
      device.privateKey,
    ),
    self_signing_key: await signed("self_signing", seeds.selfSigning),
    user_signing_key: await signed("user_signing", seeds.userSigning),
  };
}

/**
 * The key pair of a seed, which must be that of the published key: a seed from an old code or from
 * a server that lies signs nothing.
 *
 * - Throws: `BAD_KEY`.
 */
export async function openSeed(seed: Bytes, published: SigningKey): Promise<Ed25519KeyPair> {
  const pair = await importEd25519(seed);
  if (!equalInConstantTime(pair.publicKey, published.publicKey)) {
    throw new CryptoError("BAD_KEY", "the seed is not that of the published key");
  }
  return pair;
}

/**
 * Signs one of our own devices. What is signed is what this device holds and the person has
 * confirmed, not what the server says at this moment.
 *
 * - Parameter selfSigning: The pair of our self-signing key.
 * - Throws: `BAD_KEY` when the device is another's, or has the name of one of our keys.
 */
export async function signDevice(
  device: DeviceKeys,
  own: PublicIdentity,
  selfSigning: Ed25519KeyPair,
): Promise<SignatureUpload> {
  if (device.userID !== own.userID || hasNameOfKey(device.deviceID, own)) {
    throw new CryptoError("BAD_KEY", "not a device of ours");
  }
  const keyID = `ed25519:${encodeBase64(selfSigning.publicKey)}`;
  const { signatures: _, unsigned: __, ...bare } = device.object;
  const signed = await signJSON(bare, own.userID, keyID, selfSigning.privateKey);
  return { [own.userID]: { [device.deviceID]: signed } };
}

/** Signs another person's master key, once the person has confirmed that it is theirs. */
export async function signIdentity(
  theirs: PublicIdentity,
  own: PublicIdentity,
  userSigning: Ed25519KeyPair,
): Promise<SignatureUpload> {
  if (theirs.userID === own.userID) {
    throw new CryptoError("BAD_KEY", "nobody's user-signing key signs their own master key");
  }
  const keyID = `ed25519:${encodeBase64(userSigning.publicKey)}`;
  const { signatures: _, unsigned: __, ...bare } = theirs.master.object;
  const signed = await signJSON(bare, own.userID, keyID, userSigning.privateKey);
  return { [theirs.userID]: { [encodeBase64(theirs.master.publicKey)]: signed } };
}

/** Signs our own master key as a device that has confirmed it. */
export async function signOwnMaster(
  own: PublicIdentity,
  device: SigningDevice,
): Promise<SignatureUpload> {
  const { signatures: _, unsigned: __, ...bare } = own.master.object;
  const keyID = `ed25519:${device.deviceID}`;
  const signed = await signJSON(bare, own.userID, keyID, device.privateKey);
  return { [own.userID]: { [encodeBase64(own.master.publicKey)]: signed } };
}

/** What of an upload became public; for tests and for a device that has just uploaded. */
export function identityOf(userID: UserID, upload: SigningUpload): PublicIdentity {
  return {
    userID,
    master: readSigningKey(userID, "master", objectIn(upload, "master_key")),
    selfSigning: readSigningKey(userID, "self_signing", objectIn(upload, "self_signing_key")),
    userSigning: readSigningKey(userID, "user_signing", objectIn(upload, "user_signing_key")),
  };
}

function keyObject(userID: UserID, usage: SigningUsage, publicKey: Bytes) {
  const text = encodeBase64(publicKey);
  return { user_id: userID, usage: [usage], keys: { [`ed25519:${text}`]: text } };
}
