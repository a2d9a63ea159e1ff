import { integerIn, type JsonObject, objectIn, optional, stringIn } from "../../platform/json.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, equalInConstantTime } from "../primitives/bytes.ts";
import { type PassphraseParameters, readPassphraseParameters } from "./passphrase.ts";
import { applySecretCipher, randomCounter, secretStorageAlgorithm } from "./secretCipher.ts";

/** The account data that describes a key: `m.secret_storage.key.` and the key's ID. */
export const keyDescriptionPrefix = "m.secret_storage.key.";
/** The account data that names the key in use. */
export const defaultKeyType = "m.secret_storage.default_key";

/**
 * What the account says about one key of secret storage, without the key.
 *
 * Former keys' descriptions are kept, so that an old code can be told from a mistyped one.
 *
 * - Spec: [Key storage](https://spec.matrix.org/v1.19/client-server-api/#key-storage)
 */
export type KeyDescription = {
  readonly keyID: string;
  readonly name?: string;
  /** Where the key can also be derived from a passphrase. Ours never are. */
  readonly passphrase?: PassphraseParameters;
  /** Tells whether a key is the one meant. Optional in the specification; ours always have it. */
  readonly check?: { readonly iv: Bytes; readonly mac: Bytes };
  /** Ours: the first code of an account is number 1. */
  readonly number?: number;
  /** Ours: when the code was made, by the clock of the device that made it. */
  readonly createdTS?: number;
};

/** What we add to a description. */
const numberField = "chappe.number";
const createdField = "chappe.created_ts";

/** Undefined when it is none, or of an algorithm that we do not know. */
export function readKeyDescription(keyID: string, content: unknown): KeyDescription | undefined {
  if (stringIn(content, "algorithm") !== secretStorageAlgorithm) return undefined;
  const number = integerIn(content, numberField);
  const createdTS = integerIn(content, createdField);
  return {
    keyID,
    ...optional("name", stringIn(content, "name")),
    ...optional("passphrase", readPassphraseParameters(objectIn(content, "passphrase"))),
    ...optional("check", readCheck(content)),
    ...optional("number", number !== undefined && number > 0 ? number : undefined),
    ...optional("createdTS", createdTS !== undefined && createdTS > 0 ? createdTS : undefined),
  };
}

/** The content that describes a new key. */
export async function describeKey(
  key: Bytes,
  about: { readonly name: string; readonly number: number; readonly createdTS: number },
): Promise<JsonObject> {
  const iv = randomCounter();
  return {
    name: about.name,
    algorithm: secretStorageAlgorithm,
    iv: encodeBase64(iv),
    mac: encodeBase64(await checkValue(key, iv)),
    [numberField]: about.number,
    [createdField]: about.createdTS,
  };
}

/** `unknown`: the description does not say, and only opening a secret can tell. */
export async function isKeyDescribed(
  key: Bytes,
  { check }: KeyDescription,
): Promise<boolean | "unknown"> {
  if (check === undefined) return "unknown";
  return equalInConstantTime(await checkValue(key, check.iv), check.mac);
}

/** Of more former codes than this only the newest are tried. */
const maxFormer = 100;

/** The description of the code that this key is of, among those kept, if it is any of them. */
export async function recognizeKey(
  key: Bytes,
  descriptions: readonly KeyDescription[],
): Promise<KeyDescription | undefined> {
  const newestFirst = descriptions
    .filter((description) => description.check !== undefined)
    .sort((a, b) => (b.createdTS ?? 0) - (a.createdTS ?? 0))
    .slice(0, maxFormer);
  for (const description of newestFirst) {
    if (await isKeyDescribed(key, description) === true) return description;
  }
  return undefined;
}

/** The number of the next code of this account. */
export function nextNumber(descriptions: readonly KeyDescription[]): number {
  return descriptions.reduce((highest, { number }) => Math.max(highest, number ?? 0), 0) + 1;
}

/** The MAC of 32 encrypted zeros. */
async function checkValue(key: Bytes, iv: Bytes): Promise<Bytes> {
  return (await applySecretCipher(key, "", iv, new Uint8Array(32))).mac;
}

function readCheck(content: unknown): KeyDescription["check"] {
  const [iv, mac] = [stringIn(content, "iv"), stringIn(content, "mac")];
  if (iv === undefined || mac === undefined) return undefined;
  try {
    return { iv: decodeBase64Exactly(16, iv), mac: decodeBase64Exactly(32, mac) };
  } catch {
    // Whoever damages it must not make every key count as right: no key ever has this MAC.
    return { iv: new Uint8Array(16), mac: new Uint8Array(32) };
  }
}
