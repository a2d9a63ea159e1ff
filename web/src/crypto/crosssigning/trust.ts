import { encodeBase64 } from "../primitives/base64.ts";
import type { PublicIdentity } from "./publicIdentity.ts";

/**
 * What this account remembers of somebody's identity: the first that it saw, or the last that the
 * person accepted.
 */
export type Pin = {
  /** The master key in Base64. */
  readonly master: string;
  /** It was confirmed, by comparing emoji or by the person's own code, at some time. */
  readonly wasVerified: boolean;
};

/**
 * - `none`: they have published no identity, and never had one that we saw.
 * - `pinned`: the one that we saw first, not confirmed by the person.
 * - `verified`: confirmed by the person.
 * - `changed`: not the one that is pinned; or it is gone.
 * - `changed-verified`: the same, and the pinned one had been confirmed: this is to be taken seriously.
 */
export type IdentityTrust = "none" | "pinned" | "verified" | "changed" | "changed-verified";

/**
 * How far somebody's identity is trusted.
 *
 * - Parameter pin: Undefined when nothing was remembered yet: then what is there is to be pinned.
 * - Parameter isConfirmed: Our user-signing key has signed it; for ourselves, we hold its secret
 *   part or have confirmed it from another device.
 */
export function identityTrust(
  identity: PublicIdentity | undefined,
  pin: Pin | undefined,
  isConfirmed: boolean,
): IdentityTrust {
  if (identity === undefined) return pin === undefined ? "none" : changed(pin);
  // Signed by ourselves: whatever was pinned, the person has confirmed this very one.
  if (isConfirmed) return "verified";
  if (pin === undefined) return "pinned";
  if (pin.master !== masterOf(identity)) return changed(pin);
  // What the person confirmed stays so, also when the server hides our signature, and when we have
  // begun anew with keys that have not signed it yet.
  return pin.wasVerified ? "verified" : "pinned";
}

function changed(pin: Pin): IdentityTrust {
  return pin.wasVerified ? "changed-verified" : "changed";
}

/**
 * What to remember after having seen an identity. A pin is never moved by what the server says,
 * only by the person: see `accept`.
 */
export function pinAfter(
  identity: PublicIdentity | undefined,
  pin: Pin | undefined,
  isConfirmed: boolean,
): Pin | undefined {
  if (identity === undefined) return pin;
  if (isConfirmed) return { master: masterOf(identity), wasVerified: true };
  return pin ?? { master: masterOf(identity), wasVerified: false };
}

/** The person has been told that an identity changed, and goes on with the new one. */
export function accept(identity: PublicIdentity): Pin {
  return { master: masterOf(identity), wasVerified: false };
}

/**
 * - `unknown`: nobody vouches for it; it may have been added by whoever runs the server.
 * - `signed`: its owner signed it.
 * - `verified`: its owner signed it, and the person has confirmed the owner's identity.
 * - `changed`: its owner's identity is not the one that we knew.
 */
export type DeviceTrust = "unknown" | "signed" | "verified" | "changed";

/** - Parameter isSigned: The owner's self-signing key has signed it (`isDeviceSigned`). */
export function deviceTrust(isSigned: boolean, owner: IdentityTrust): DeviceTrust {
  if (owner === "changed" || owner === "changed-verified") return "changed";
  if (!isSigned || owner === "none") return "unknown";
  return owner === "verified" ? "verified" : "signed";
}

/**
 * Whether messages may be made readable for a device.
 *
 * - Parameter takesUnknown: The setting that relaxes the rule, for people whose software cannot
 *   sign. It never covers an identity that changed: that one is answered by the person.
 */
export function mayReceiveKeys(trust: DeviceTrust, takesUnknown: boolean): boolean {
  return trust === "signed" || trust === "verified" || trust === "unknown" && takesUnknown;
}

function masterOf(identity: PublicIdentity): string {
  return encodeBase64(identity.master.publicKey);
}
