import type { NewKeys } from "../../crypto/account/setUpAccount.ts";
import { seal, unseal } from "../../crypto/primitives/aes.ts";
import { decodeBase64, encodeBase64 } from "../../crypto/primitives/base64.ts";
import { type Bytes, decodeUTF8, encodeUTF8 } from "../../crypto/primitives/bytes.ts";
import type { AccountSecrets } from "../../crypto/secrets/codePlan.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { SecretRecord } from "../storage/records.ts";

/** A code that is being made, or was made and is still to be kept by its owner. */
export type PendingCode = NewKeys & { readonly isDone: boolean };

/** What opens the account's messages, kept on this device under a key that cannot leave it. */
export class SecretVault {
  #secrets: Partial<AccountSecrets> = {};
  #pending: PendingCode | undefined;

  private constructor(
    private readonly database: AccountDatabase,
    private readonly sealingKey: CryptoKey,
  ) {}

  static async open(database: AccountDatabase, sealingKey: CryptoKey): Promise<SecretVault> {
    const vault = new SecretVault(database, sealingKey);
    const records = await database.read(["secrets"], (tx) => tx.getAll("secrets"));
    for (const { name, sealed } of records) {
      const value = parsed(await unseal(sealingKey, sealed, placeOf(name)));
      if (name === "secrets") vault.#secrets = value as Partial<AccountSecrets>;
      else vault.#pending = value as PendingCode;
    }
    return vault;
  }

  get secrets(): Partial<AccountSecrets> {
    return this.#secrets;
  }

  get pending(): PendingCode | undefined {
    return this.#pending;
  }

  async setSecrets(secrets: Partial<AccountSecrets>): Promise<void> {
    await this.#put("secrets", secrets);
    this.#secrets = secrets;
  }

  async setPending(pending: PendingCode | undefined): Promise<void> {
    if (pending === undefined) {
      await this.database.write(["secrets"], (tx) => {
        return Promise.resolve(tx.delete("secrets", "newKeys"));
      });
    } else await this.#put("newKeys", pending);
    this.#pending = pending;
  }

  async #put(name: SecretRecord["name"], value: object): Promise<void> {
    const text = JSON.stringify(value, (_, part) => {
      return part instanceof Uint8Array ? { bytes: encodeBase64(part) } : part;
    });
    const sealed = await seal(this.sealingKey, encodeUTF8(text), placeOf(name));
    await this.database.write(["secrets"], (tx) => {
      return Promise.resolve(tx.put("secrets", { name, sealed }));
    });
  }
}

function parsed(text: Bytes): unknown {
  return JSON.parse(decodeUTF8(text), (_, part) => {
    return typeof part?.bytes === "string" ? decodeBase64(part.bytes) : part;
  });
}

function placeOf(name: SecretRecord["name"]): Bytes {
  return encodeUTF8(`secrets ${name}`);
}
