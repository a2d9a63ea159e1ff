import { encodeBase64 } from "../primitives/base64.ts";
import type { DeviceKeys } from "../crosssigning/deviceKeys.ts";
import { hasNameOfKey, type PublicIdentity } from "../crosssigning/publicIdentity.ts";
import type { KeysByID } from "./Verification.ts";

/**
 * The keys that one end of a comparison vouches for, or is to be confirmed by: the device's, and
 * its owner's master key.
 *
 * - Returns: Undefined when the device has the name of a cross-signing key: nobody is confirmed
 *   then, for one name would stand for two keys.
 */
export function keysToCompare(
  device: DeviceKeys,
  identity: PublicIdentity | undefined,
): KeysByID | undefined {
  const own = [`ed25519:${device.deviceID}`, encodeBase64(device.ed25519)] as const;
  if (identity === undefined) return new Map([own]);
  if (hasNameOfKey(device.deviceID, identity)) return undefined;
  const { master } = identity;
  return new Map([own, [master.keyID, encodeBase64(master.publicKey)]]);
}
