import { openSeed } from "../crosssigning/signingKeys.ts";
import type { PublicIdentity, SigningKey } from "../crosssigning/publicIdentity.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import {
  type AccountDataOf,
  type AccountSecrets,
  defaultKeyID,
  openSecrets,
} from "../secrets/codePlan.ts";
import {
  isKeyDescribed,
  type KeyDescription,
  keyDescriptionPrefix,
  readKeyDescription,
  recognizeKey,
} from "../secrets/keyDescription.ts";
import { derivePassphraseKey } from "../secrets/passphrase.ts";
import { readRecoveryCode } from "../secrets/recoveryCode.ts";
import { type SecretName, secretNames } from "../secrets/storedSecret.ts";

export type AccountOpening =
  /** The seeds are those of the published identity; the backup's key is still to be held against it. */
  | { readonly done: true; readonly secrets: Partial<AccountSecrets> }
  | { readonly done: false; readonly reason: "wrong" }
  | { readonly done: false; readonly reason: "former"; readonly former: KeyDescription };

/**
 * Opens an account with what a person typed: its recovery code or, where another client made one,
 * its passphrase.
 *
 * - Parameter descriptions: Of all keys that the account data describes, by which a former code is
 *   recognized.
 * - Parameter published: Our identity as the server publishes it. Seeds that are not its own open
 *   nothing: a server that puts others in their place gains nothing by it.
 */
export async function openAccount(
  typed: string,
  accountData: AccountDataOf,
  descriptions: readonly KeyDescription[],
  published: PublicIdentity,
): Promise<AccountOpening> {
  const keyID = defaultKeyID(accountData);
  const description = keyID === undefined
    ? undefined
    : readKeyDescription(keyID, accountData(keyDescriptionPrefix + keyID));
  const key = await keyOf(typed, description);
  if (key === undefined) return { done: false, reason: "wrong" };
  if (description !== undefined && await isKeyDescribed(key, description) !== false) {
    const secrets = await matching(description.keyID, key, accountData, published);
    if (secrets[secretNames.selfSigning] !== undefined) return { done: true, secrets };
    return { done: false, reason: "wrong" };
  }
  const former = await recognizeKey(
    key,
    descriptions.filter((one) => one.keyID !== description?.keyID),
  );
  return former === undefined
    ? { done: false, reason: "wrong" }
    : { done: false, reason: "former", former };
}

async function keyOf(
  typed: string,
  description: KeyDescription | undefined,
): Promise<Bytes | undefined> {
  const reading = readRecoveryCode(typed);
  if (reading.state === "whole") return reading.key;
  const parameters = description?.passphrase;
  return parameters === undefined || typed.trim() === ""
    ? undefined
    : await derivePassphraseKey(typed, parameters);
}

/** The secrets under a key, without seeds that are not those of the published identity. */
async function matching(
  keyID: string,
  key: Bytes,
  accountData: AccountDataOf,
  published: PublicIdentity,
): Promise<Partial<AccountSecrets>> {
  const opened = new Map<string, Bytes>();
  const places: readonly (readonly [SecretName, SigningKey | undefined])[] = [
    [secretNames.master, published.master],
    [secretNames.selfSigning, published.selfSigning],
    [secretNames.userSigning, published.userSigning],
  ];
  try {
    const secrets = await openSecrets(keyID, key, accountData);
    for (const [name, place] of places) {
      const seed = secrets[name];
      if (seed !== undefined && place !== undefined && await isSeedOf(seed, place)) {
        opened.set(name, seed);
      }
    }
    const backup = secrets[secretNames.backup];
    if (backup !== undefined) opened.set(secretNames.backup, backup);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
  }
  return Object.fromEntries(opened) as Partial<AccountSecrets>;
}

async function isSeedOf(seed: Bytes, place: SigningKey): Promise<boolean> {
  try {
    await openSeed(seed, place);
    return true;
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}
