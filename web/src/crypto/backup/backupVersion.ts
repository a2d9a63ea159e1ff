import { objectIn, stringIn } from "../../platform/json.ts";
import type { UserID } from "../../matrix/contract.ts";
import type { DeviceKeys } from "../crosssigning/deviceKeys.ts";
import type { PublicIdentity } from "../crosssigning/publicIdentity.ts";
import type { SigningDevice } from "../crosssigning/signingKeys.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, equalInConstantTime } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { type Ed25519KeyPair, importEd25519Public } from "../primitives/ed25519.ts";
import { isJSONSigned, signJSON } from "../primitives/signedJSON.ts";

export const backupAlgorithm = "m.megolm_backup.v1.curve25519-aes-sha2";

/** A backup on the server, as `GET /room_keys/version` describes it. */
export type BackupVersion = {
  readonly version: string;
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** What signatures are of. */
  readonly authData: { readonly [key: string]: unknown };
};

/**
 * - Throws: `BAD_VERSION` for an algorithm that we do not know, `BAD_FORMAT`.
 * - Spec: [Server-side key backups](https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups)
 */
export function readBackupVersion(value: unknown): BackupVersion {
  if (stringIn(value, "algorithm") !== backupAlgorithm) {
    throw new CryptoError("BAD_VERSION", "a backup of another algorithm");
  }
  const version = stringIn(value, "version");
  const authData = objectIn(value, "auth_data");
  const text = stringIn(authData, "public_key");
  if (version === undefined || version === "" || authData === undefined || text === undefined) {
    throw new CryptoError("BAD_FORMAT", "an incomplete backup");
  }
  return { version, publicKey: decodeBase64Exactly(32, text), authData };
}

/**
 * The body of `POST /room_keys/version` for a new backup, signed by the master key so that other
 * devices trust it, and by this device.
 */
export async function describeBackup(
  userID: UserID,
  publicKey: Bytes,
  master: Ed25519KeyPair,
  device: SigningDevice,
) {
  const bare = { public_key: encodeBase64(publicKey) };
  const masterID = `ed25519:${encodeBase64(master.publicKey)}`;
  const once = await signJSON(bare, userID, masterID, master.privateKey);
  const deviceID = `ed25519:${device.deviceID}`;
  return {
    algorithm: backupAlgorithm,
    auth_data: await signJSON(once, userID, deviceID, device.privateKey),
  };
}

/** What makes a backup ours; the first of them is the strongest. */
export type BackupProof = "private-key" | "master-key" | "device";

/**
 * Whether keys may be stored in this backup, and why. A server could offer one of its own.
 *
 * - Parameter ours: The public half of the private key that we hold from a trusted source.
 * - Parameter own: Our identity, verified; undefined when it is not.
 * - Parameter devices: Our own devices that are verified.
 */
export async function backupProof(
  backup: BackupVersion,
  ours: Bytes | undefined,
  own: PublicIdentity | undefined,
  devices: readonly DeviceKeys[],
): Promise<BackupProof | undefined> {
  if (ours !== undefined && equalInConstantTime(ours, backup.publicKey)) return "private-key";
  if (own === undefined) return undefined;
  const isSignedBy = async (keyID: string, publicKey: Bytes) =>
    await isJSONSigned(backup.authData, own.userID, keyID, await importEd25519Public(publicKey));
  if (await isSignedBy(own.master.keyID, own.master.publicKey)) return "master-key";
  for (const device of devices) {
    if (device.userID !== own.userID) continue;
    if (await isSignedBy(`ed25519:${device.deviceID}`, device.ed25519)) return "device";
  }
  return undefined;
}
