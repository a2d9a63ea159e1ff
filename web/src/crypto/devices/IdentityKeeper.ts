import type { JsonObject } from "../../platform/json.ts";
import type { DeviceID, UserID } from "../names.ts";

/**
 * - `unknown`: nobody vouches for it; it may have been added by whoever runs the server.
 * - `signed`: its owner signed it.
 * - `verified`: its owner signed it, and the person has confirmed the owner's identity.
 * - `changed`: its owner's identity is not the one that we knew.
 */
export type DeviceTrust = "unknown" | "signed" | "verified" | "changed";

/** The cross-signing keys of one person as `/keys/query` gave them; anything may be anything. */
export type PublishedIdentity = {
  readonly master?: unknown;
  readonly selfSigning?: unknown;
  readonly userSigning?: unknown;
};

/** What is to be remembered of a person, and how far each of their devices is trusted. */
export type Judgement = {
  /** Kept with the person, and handed in again at the next time. */
  readonly remembered?: JsonObject;
  readonly trust: ReadonlyMap<DeviceID, DeviceTrust>;
};

/** What the device lists need of cross-signing. */
export interface IdentityKeeper {
  /**
   * - Parameter devices: Each already found to be signed by itself, as it was published.
   * - Throws: `CryptoError` when what was published is no identity: then nobody vouches for these
   *   devices, and whoever had an identity before has changed.
   * - Parameter own: What is remembered of the account's own identity, for its signatures.
   */
  judge(
    userID: UserID,
    published: PublishedIdentity,
    devices: ReadonlyMap<DeviceID, JsonObject>,
    remembered: JsonObject | undefined,
    own: JsonObject | undefined,
  ): Promise<Judgement>;
}

/**
 * Whether messages may be made readable for a device.
 *
 * - Parameter takesUnsigned: The setting that relaxes the rule. It never covers an identity that
 *   changed: that one is answered by the person.
 */
export function mayReceiveKeys(trust: DeviceTrust, takesUnsigned: boolean): boolean {
  return trust === "signed" || trust === "verified" || (trust === "unknown" && takesUnsigned);
}
