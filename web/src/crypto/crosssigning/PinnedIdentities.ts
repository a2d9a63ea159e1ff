import {
  asObject,
  booleanIn,
  field,
  type JsonObject,
  objectIn,
  stringIn,
} from "../../platform/json.ts";
import type { UserID } from "../../matrix/contract.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import {
  isDeviceSigned,
  isIdentitySigned,
  type PublicIdentity,
  type PublishedKeys,
  readIdentity,
} from "./publicIdentity.ts";
import {
  accept,
  type DeviceTrust,
  deviceTrust,
  type IdentityTrust,
  identityTrust,
  type Pin,
  pinAfter,
} from "./trust.ts";

/** What is to be remembered of a person, and how far each of their devices is trusted. */
export type Judgement = {
  /** Kept with the person, and handed in again at the next time. */
  readonly remembered: JsonObject;
  readonly trust: ReadonlyMap<string, DeviceTrust>;
};

/**
 * How far people and their devices are trusted, over what is remembered of them: the pin, and the
 * keys that they published last.
 *
 * It keeps nothing itself. What it gives is to be stored with the person, in one transaction with
 * what was decided by it.
 */
export class PinnedIdentities {
  constructor(private readonly ownUserID: UserID) {}

  /**
   * Judges what `/keys/query` gave about somebody.
   *
   * - Parameter published: Their cross-signing keys; anything may be anything.
   * - Parameter devices: Each already found to be signed by itself, as it was published.
   * - Parameter remembered: Of this person, from the time before.
   * - Parameter own: Of the account itself; its signatures count only once it is confirmed here.
   */
  async judge(
    userID: UserID,
    published: PublishedKeys,
    devices: ReadonlyMap<string, JsonObject>,
    remembered: JsonObject | undefined,
    own: JsonObject | undefined,
  ): Promise<Judgement> {
    const identity = await read(userID, published);
    const before = pinIn(remembered);
    const isConfirmed = await this.#isSignedByUs(userID, identity, own);
    const owner = identityTrust(identity, before, isConfirmed);
    const pin = pinAfter(identity, before, isConfirmed);
    const trust = new Map<string, DeviceTrust>();
    for (const [deviceID, object] of devices) {
      const isSigned = await isDeviceSigned({ userID, deviceID, object }, identity);
      trust.set(deviceID, deviceTrust(isSigned, owner));
    }
    return { remembered: written(identity, pin), trust };
  }

  /** How far somebody's identity is trusted, by what is remembered. */
  async trustOf(
    userID: UserID,
    remembered: JsonObject | undefined,
    own: JsonObject | undefined,
  ): Promise<IdentityTrust> {
    const identity = await identityIn(userID, remembered);
    const isConfirmed = await this.#isSignedByUs(userID, identity, own);
    return identityTrust(identity, pinIn(remembered), isConfirmed);
  }

  /**
   * The person has confirmed this identity, by comparing or, for their own, by their code.
   *
   * - Parameter master: The key that was confirmed, in Base64. What is remembered may have changed
   *   meanwhile: then nothing is confirmed.
   * - Returns: What to remember now, or undefined.
   */
  async confirm(
    userID: UserID,
    master: string,
    remembered: JsonObject | undefined,
  ): Promise<JsonObject | undefined> {
    const identity = await identityIn(userID, remembered);
    if (identity === undefined || identity.master.keyID !== `ed25519:${master}`) return undefined;
    return written(identity, { ...accept(identity), wasVerified: true });
  }

  /** The person goes on with an identity that changed. The same rules as for `confirm`. */
  async acceptChange(
    userID: UserID,
    master: string,
    remembered: JsonObject | undefined,
  ): Promise<JsonObject | undefined> {
    const identity = await identityIn(userID, remembered);
    if (identity === undefined || identity.master.keyID !== `ed25519:${master}`) return undefined;
    return written(identity, accept(identity));
  }

  /** Our own identity is confirmed by this device alone: a server could publish one for us too. */
  async #isSignedByUs(
    userID: UserID,
    identity: PublicIdentity | undefined,
    own: JsonObject | undefined,
  ): Promise<boolean> {
    if (identity === undefined || userID === this.ownUserID) return false;
    const ours = await identityIn(this.ownUserID, own);
    if (ours === undefined) return false;
    if (identityTrust(ours, pinIn(own), false) !== "verified") return false;
    return await isIdentitySigned(identity, ours);
  }
}

/** The identity that somebody published last, out of what is remembered of them. */
export async function identityIn(
  userID: UserID,
  remembered: JsonObject | undefined,
): Promise<PublicIdentity | undefined> {
  const keys = objectIn(remembered, "keys");
  return await read(userID, {
    master: field(keys, "master"),
    selfSigning: field(keys, "self_signing"),
    userSigning: field(keys, "user_signing"),
  });
}

/** What is no identity is none. */
async function read(
  userID: UserID,
  published: PublishedKeys,
): Promise<PublicIdentity | undefined> {
  try {
    return await readIdentity(userID, published);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function pinIn(remembered: JsonObject | undefined): Pin | undefined {
  const pin = asObject(field(remembered, "pin"));
  const master = stringIn(pin, "master");
  return master === undefined
    ? undefined
    : { master, wasVerified: booleanIn(pin, "was_verified") ?? false };
}

function written(identity: PublicIdentity | undefined, pin: Pin | undefined): JsonObject {
  const keys = identity && {
    master: identity.master.object,
    ...(identity.selfSigning && { self_signing: identity.selfSigning.object }),
    ...(identity.userSigning && { user_signing: identity.userSigning.object }),
  };
  return {
    ...(keys && { keys }),
    ...(pin && { pin: { master: pin.master, was_verified: pin.wasVerified } }),
  };
}
