import type { JsonObject } from "../platform/json.ts";
import { field, objectIn } from "../platform/json.ts";
import { megolmAlgorithm, olmAlgorithm } from "./names.ts";
import type { DeviceID, KeyText, UserID } from "./names.ts";
import { generateIdentityKeys, type IdentityKeys } from "./olm/IdentityKeys.ts";
import { generateSealingKey } from "./primitives/aes.ts";
import { encodeBase64 } from "./primitives/base64.ts";
import { signJSON } from "./primitives/signedJSON.ts";
import type { AccountRecord, CryptoDatabase, CryptoTransaction } from "./storage/stores.ts";

/** Who this device is: its names, its two keys, and the key that seals what it keeps. */
export class Account {
  private constructor(
    private readonly record: AccountRecord,
    /** The signed device keys, as they are published. */
    readonly deviceKeys: JsonObject,
  ) {}

  /** The account in this database; made at the first call, and the same for ever. */
  static async open(
    database: CryptoDatabase,
    userID: UserID,
    deviceID: DeviceID,
  ): Promise<Account> {
    const stored = await database.read(["cryptoAccount"], (tx) => {
      return tx.get("cryptoAccount", "account");
    });
    if (stored !== undefined) {
      const isOurs = stored.userID === userID && stored.deviceID === deviceID;
      if (!isOurs) throw new Error("this database is another device's");
      return new Account(stored, await signedDeviceKeys(stored));
    }
    const [identity, sealingKey] = await Promise.all([
      generateIdentityKeys(),
      generateSealingKey(),
    ]);
    const fresh: AccountRecord = {
      ...{ name: "account", userID, deviceID, identity, sealingKey, isPublished: false },
    };
    const record = await database.write(["cryptoAccount"], async (tx) => {
      const known = await tx.get("cryptoAccount", "account");
      if (known === undefined) tx.put("cryptoAccount", fresh);
      return known ?? fresh;
    });
    return new Account(record, await signedDeviceKeys(record));
  }

  get userID(): UserID {
    return this.record.userID;
  }
  get deviceID(): DeviceID {
    return this.record.deviceID;
  }
  get identity(): IdentityKeys {
    return this.record.identity;
  }
  get sealingKey(): CryptoKey {
    return this.record.sealingKey;
  }
  get curve25519(): KeyText {
    return encodeBase64(this.identity.curve25519.publicKey);
  }
  get ed25519(): KeyText {
    return encodeBase64(this.identity.ed25519.publicKey);
  }
  /** What signatures of this device are named by. */
  get keyID(): string {
    return `ed25519:${this.deviceID}`;
  }

  /** Signed by this device. */
  sign<T extends JsonObject>(object: T): Promise<T> {
    return signJSON(object, this.userID, this.keyID, this.identity.ed25519.privateKey);
  }

  isPublished(database: CryptoDatabase): Promise<boolean> {
    return database.read(["cryptoAccount"], async (tx) => {
      return (await tx.get("cryptoAccount", "account"))?.isPublished ?? false;
    });
  }

  markPublished(tx: CryptoTransaction): void {
    tx.put("cryptoAccount", { ...this.record, isPublished: true });
  }

  /**
   * The device keys with the signatures of the published form: that of the owner's signing key
   * among them. Whoever reads them checks each.
   */
  deviceKeysAs(published: JsonObject | undefined): JsonObject {
    const theirs = objectIn(field(published, "signatures"), this.userID);
    const ours = objectIn(field(this.deviceKeys, "signatures"), this.userID);
    if (theirs === undefined || ours === undefined) return this.deviceKeys;
    return { ...this.deviceKeys, signatures: { [this.userID]: { ...theirs, ...ours } } };
  }
}

function signedDeviceKeys({ userID, deviceID, identity }: AccountRecord): Promise<JsonObject> {
  const keys: JsonObject = {
    user_id: userID,
    device_id: deviceID,
    algorithms: [olmAlgorithm, megolmAlgorithm],
    keys: {
      [`curve25519:${deviceID}`]: encodeBase64(identity.curve25519.publicKey),
      [`ed25519:${deviceID}`]: encodeBase64(identity.ed25519.publicKey),
    },
  };
  return signJSON(keys, userID, `ed25519:${deviceID}`, identity.ed25519.privateKey);
}
