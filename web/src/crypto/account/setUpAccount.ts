import type { Answer, Interactive, UserID } from "../../matrix/contract.ts";
import { describeBackup, readBackupVersion } from "../backup/backupVersion.ts";
import type { DeviceKeys } from "../crosssigning/deviceKeys.ts";
import {
  identityOf,
  publishSeeds,
  type SignatureUpload,
  signDevice,
  type SigningDevice,
  type SigningUpload,
} from "../crosssigning/signingKeys.ts";
import { type PublishedKeys, readIdentity } from "../crosssigning/publicIdentity.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { equalInConstantTime, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { importEd25519 } from "../primitives/ed25519.ts";
import { importX25519, type X25519KeyPair } from "../primitives/x25519.ts";
import { type AccountSecrets, type NewCode, planCode } from "../secrets/codePlan.ts";
import { secretNames } from "../secrets/storedSecret.ts";

/** What is to become the account's: kept, sealed, on this device until all of it is done. */
export type NewKeys = { readonly code: NewCode; readonly secrets: AccountSecrets };

/** Whose account, and the device that speaks for it. */
export type AccountOwner = {
  readonly userID: UserID;
  readonly device: SigningDevice;
  readonly deviceKeys: DeviceKeys;
};

/** What of the server it takes. Each call may be made again after a crash. */
export interface SecretsServer {
  /** Undefined when there is none. */
  accountData(type: string): Promise<unknown>;
  setAccountData(type: string, content: unknown): Promise<void>;
  /** Our own cross-signing keys as they are published. */
  signingKeys(): Promise<PublishedKeys>;
  /** May ask who is asking. */
  uploadSigningKeys(upload: SigningUpload, answer?: Answer): Promise<Interactive>;
  uploadSignatures(upload: SignatureUpload): Promise<void>;
  /** The newest, or undefined. */
  backupVersion(): Promise<unknown>;
  createBackup(description: unknown): Promise<void>;
}

/**
 * Keys for an account that has none, or that begins anew.
 *
 * - Parameter former: What is to stay the same, when only the code is new.
 */
export function makeNewKeys(
  about: Pick<NewCode, "name" | "number" | "createdTS">,
  former?: AccountSecrets,
): NewKeys {
  const fresh = () =>
    Object.fromEntries(
      Object.values(secretNames).map((name) => [name, randomBytes(32)]),
    ) as AccountSecrets;
  const keyID = encodeBase64(randomBytes(18)).replaceAll(/[+/]/g, "x");
  return { code: { ...about, keyID, key: randomBytes(32) }, secrets: former ?? fresh() };
}

/**
 * Makes `keys` those of the account: secrets under the code, identity, this device's signature and
 * the backup. In one step for the person.
 *
 * It may be stopped anywhere and begun again with the same keys. The new code becomes the
 * account's last, when all that it opens is there; a former one opens its own secrets until then.
 *
 * - Returns: A challenge, when the server asks who is asking before it takes another identity.
 */
export async function setUpAccount(
  keys: NewKeys,
  owner: AccountOwner,
  server: SecretsServer,
  answer?: Answer,
): Promise<Interactive> {
  const held = new Map<string, unknown>();
  for (const name of Object.values(secretNames)) held.set(name, await server.accountData(name));
  const plan = await planCode(keys.code, keys.secrets, (type) => held.get(type));
  const put = async (writes: typeof plan.prepare) => {
    for (const { type, content } of writes) await server.setAccountData(type, content);
  };
  await put(plan.prepare);
  const outcome = await publishIdentity(keys.secrets, owner, server, answer);
  if (!outcome.done) return outcome;
  await ensureBackup(keys.secrets, owner, server);
  await put(plan.finish);
  return { done: true };
}

async function publishIdentity(
  secrets: AccountSecrets,
  { userID, device, deviceKeys }: AccountOwner,
  server: SecretsServer,
  answer: Answer | undefined,
): Promise<Interactive> {
  const seeds = {
    master: secrets[secretNames.master],
    selfSigning: secrets[secretNames.selfSigning],
    userSigning: secrets[secretNames.userSigning],
  };
  const upload = await publishSeeds(userID, seeds, device);
  const ours = identityOf(userID, upload);
  const there = await readIdentity(userID, await server.signingKeys()).catch(noIdentity);
  const isThere = there !== undefined && there.master.keyID === ours.master.keyID &&
    there.selfSigning?.keyID === ours.selfSigning?.keyID &&
    there.userSigning?.keyID === ours.userSigning?.keyID;
  if (!isThere) {
    const outcome = await server.uploadSigningKeys(upload, answer);
    if (!outcome.done) return outcome;
  }
  const selfSigning = await importEd25519(seeds.selfSigning);
  await server.uploadSignatures(await signDevice(deviceKeys, ours, selfSigning));
  return { done: true };
}

async function ensureBackup(
  secrets: AccountSecrets,
  { userID, device }: AccountOwner,
  server: SecretsServer,
): Promise<void> {
  const pair = await importX25519(secrets[secretNames.backup]);
  if (isOurs(await server.backupVersion(), pair)) return;
  const master = await importEd25519(secrets[secretNames.master]);
  await server.createBackup(await describeBackup(userID, pair.publicKey, master, device));
}

function isOurs(version: unknown, pair: X25519KeyPair): boolean {
  try {
    return equalInConstantTime(readBackupVersion(version).publicKey, pair.publicKey);
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

/** What is published and is no identity is replaced. */
function noIdentity(error: unknown): undefined {
  if (error instanceof CryptoError) return undefined;
  throw error;
}
