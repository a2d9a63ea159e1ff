import { asObject, field, type JsonObject, stringIn } from "../../platform/json.ts";
import type {
  DeviceTrust,
  IdentityKeeper,
  Judgement,
  PublishedIdentity,
} from "../devices/IdentityKeeper.ts";
import type { DeviceID, UserID } from "../names.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import {
  type Ed25519KeyPair,
  generateEd25519,
  importEd25519Public,
} from "../primitives/ed25519.ts";
import { isJSONSigned, signJSON } from "../primitives/signedJSON.ts";

/** Somebody's self-signing key, without the rest of cross-signing: enough to say which devices count. */
export class TestIdentity {
  private constructor(readonly userID: UserID, private readonly pair: Ed25519KeyPair) {}

  static async of(userID: UserID): Promise<TestIdentity> {
    return new TestIdentity(userID, await generateEd25519());
  }

  get published(): JsonObject {
    return { key: encodeBase64(this.pair.publicKey) };
  }

  /** What the owner's key says of a device, to be merged by the server. */
  async signatureOf(deviceKeys: JsonObject): Promise<JsonObject> {
    const key = encodeBase64(this.pair.publicKey);
    const bare = { ...deviceKeys, signatures: {} };
    const signed = await signJSON(bare, this.userID, `ed25519:${key}`, this.pair.privateKey);
    return asObject(field(signed.signatures, this.userID)) ?? {};
  }
}

/** Believes the first self-signing key that it sees of somebody, and no other after. */
export const testIdentities: IdentityKeeper = {
  async judge(
    userID: UserID,
    published: PublishedIdentity,
    devices: ReadonlyMap<DeviceID, JsonObject>,
    remembered: JsonObject | undefined,
  ): Promise<Judgement> {
    const key = stringIn(published.selfSigning, "key");
    const pinned = stringIn(remembered, "key") ?? key;
    if (pinned === undefined || key === undefined) return { trust: new Map() };
    const verifier = await importEd25519Public(decodeBase64Exactly(32, pinned));
    const trust = await Promise.all([...devices].map(async ([deviceID, object]) => {
      const isSigned = await isJSONSigned(object, userID, `ed25519:${pinned}`, verifier);
      const found: DeviceTrust = pinned !== key ? "changed" : isSigned ? "signed" : "unknown";
      return [deviceID, found] as const;
    }));
    return { remembered: { key: pinned }, trust: new Map(trust) };
  },
};
