import { asObject, entriesIn, type JsonObject, stringIn } from "../../platform/json.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { defaultKeyType, describeKey, keyDescriptionPrefix } from "./keyDescription.ts";
import {
  decryptSecret,
  encryptSecret,
  isEncryptedFor,
  readSeed,
  type SecretName,
  secretNames,
} from "./storedSecret.ts";

/** What the code keeps: three seeds of cross-signing and the backup's private key, 32 bytes each. */
export type AccountSecrets = { readonly [name in SecretName]: Bytes };

/** One `PUT` of account data; the next follows only when it is done. */
export type AccountDataWrite = { readonly type: string; readonly content: JsonObject };

/** What the account data of a type holds now. Undefined: nothing. */
export type AccountDataOf = (type: string) => unknown;

export type NewCode = {
  readonly keyID: string;
  /** 32 random bytes: see `writeRecoveryCode`. */
  readonly key: Bytes;
  readonly name: string;
  readonly number: number;
  readonly createdTS: number;
};

/** Between the two lies what else must be so before the new code counts: see `setUpAccount`. */
export type CodePlan = {
  readonly prepare: readonly AccountDataWrite[];
  readonly finish: readonly AccountDataWrite[];
};

/**
 * The writes that put the secrets under a new code, in their order.
 *
 * Whatever it stops after, one code opens everything: until the new key is the default, the secrets
 * lie under the former one too; only then are they taken from it. Doing it all again does no harm.
 * The former key's description stays, so that its code is recognized.
 *
 * - Spec: [Secrets](https://spec.matrix.org/v1.19/client-server-api/#secrets)
 */
export async function planCode(
  code: NewCode,
  secrets: AccountSecrets,
  accountData: AccountDataOf,
): Promise<CodePlan> {
  const { keyID, key } = code;
  const alone = await Promise.all(
    Object.values(secretNames).map(async (name) => ({
      type: name,
      content: await encryptSecret(name, encodeBase64(secrets[name]), [{ keyID, key }]),
    })),
  );
  const beside = alone.map(({ type, content }) => {
    const former = asObject(accountData(type));
    const encrypted = new Map([
      ...entriesIn(former, "encrypted"),
      ...Object.entries(content.encrypted),
    ]);
    return { type, content: { encrypted: Object.fromEntries(encrypted) } };
  });
  const hasFormer = beside.some(({ content }) => Object.keys(content.encrypted).length > 1);
  const description = await describeKey(key, code);
  return {
    prepare: [{ type: keyDescriptionPrefix + keyID, content: description }, ...beside],
    finish: [
      { type: defaultKeyType, content: { key: keyID } },
      ...(hasFormer ? alone : []),
    ],
  };
}

/** The ID of the key in use; undefined when the account has none that is described. */
export function defaultKeyID(accountData: AccountDataOf): string | undefined {
  const keyID = stringIn(accountData(defaultKeyType), "key");
  if (keyID === undefined || keyID === "") return undefined;
  return asObject(accountData(keyDescriptionPrefix + keyID)) === undefined ? undefined : keyID;
}

/**
 * Opens what lies under a key. A secret that is not there, or was put there for another key, is
 * left out; the seeds are still to be held against the published keys (`openSeed`).
 *
 * - Throws: `BAD_MAC` when nothing opens and something should have: the key is not the one.
 */
export async function openSecrets(
  keyID: string,
  key: Bytes,
  accountData: AccountDataOf,
): Promise<Partial<AccountSecrets>> {
  const opened = new Map<SecretName, Bytes>();
  let isRefused = false;
  for (const name of Object.values(secretNames)) {
    const content = accountData(name);
    if (!isEncryptedFor(content, keyID)) continue;
    try {
      opened.set(name, readSeed(await decryptSecret(name, content, keyID, key)));
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      isRefused = true;
    }
  }
  if (isRefused && opened.size === 0) {
    throw new CryptoError("BAD_MAC", "the key opens none of the secrets");
  }
  return Object.fromEntries(opened) as Partial<AccountSecrets>;
}
