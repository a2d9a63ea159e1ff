import type { UserID } from "../../matrix/contract.ts";
import type { JsonObject } from "../../platform/json.ts";
import { type PublishedDevice, readDevice } from "../devices/readDevice.ts";
import { decodeBase64Exactly } from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";

/** A device as its owner published it, signed by itself. Who owns it is another question: trust. */
export type DeviceKeys = {
  readonly userID: UserID;
  readonly deviceID: string;
  readonly algorithms: readonly string[];
  /** 32 bytes each. */
  readonly ed25519: Bytes;
  readonly curve25519: Bytes;
  /** What its owner calls it, by the server's word: not signed, for the person's eyes alone. */
  readonly displayName?: string;
  /** What signatures are of, with those of its owner. */
  readonly object: JsonObject;
};

/**
 * A device from `/keys/query` as signatures and comparisons take it: its keys as bytes.
 *
 * - Throws: as `readDevice`.
 */
export async function readDeviceKeys(
  userID: UserID,
  deviceID: string,
  value: unknown,
): Promise<DeviceKeys> {
  return inBytes(await readDevice(userID, deviceID, value));
}

/** A device that is known already, in the same form. */
export function inBytes(device: PublishedDevice): DeviceKeys {
  const { userID, deviceID, algorithms, ed25519, curve25519, displayName, object } = device;
  return {
    ...{ userID, deviceID, algorithms, object },
    ed25519: decodeBase64Exactly(32, ed25519),
    curve25519: decodeBase64Exactly(32, curve25519),
    ...(displayName === undefined ? {} : { displayName }),
  };
}
