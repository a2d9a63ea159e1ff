import { asObject, type JsonObject, objectIn, stringIn, stringsIn } from "../../platform/json.ts";
import type { DeviceID, KeyText, UserID } from "../names.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { verifyJSON } from "../primitives/signedJSON.ts";
import type { Device } from "../storage/stores.ts";

/** Of a device ID, in UTF-16 units. */
const maxDeviceID = 255;

/** A device, but for how far it is trusted. */
export type PublishedDevice = Omit<Device, "trust">;

/**
 * A device as its owner published it, in `/keys/query` or `sender_device_keys`: named as asked
 * for, and signed by itself.
 *
 * - Throws: `BAD_FORMAT`, `BAD_KEY`, `BAD_SIGNATURE`.
 * - Spec: [Device keys](https://spec.matrix.org/v1.19/client-server-api/#device-keys)
 */
export async function readDevice(
  userID: UserID,
  deviceID: DeviceID,
  value: unknown,
): Promise<PublishedDevice> {
  const object = asObject(value);
  const isNamedSo = stringIn(object, "user_id") === userID &&
    stringIn(object, "device_id") === deviceID;
  if (object === undefined || !isNamedSo || deviceID.length > maxDeviceID || deviceID === "") {
    throw new CryptoError("BAD_FORMAT", "a device under another's name");
  }
  const ed25519 = key(object, "ed25519", deviceID);
  await verifyJSON(object, userID, `ed25519:${deviceID}`, decodeBase64Exactly(32, ed25519));
  const displayName = stringIn(objectIn(object, "unsigned"), "device_display_name");
  const { unsigned: _, ...signed } = object;
  return {
    userID,
    deviceID,
    ed25519,
    curve25519: key(object, "curve25519", deviceID),
    algorithms: stringsIn(object, "algorithms"),
    ...(displayName === undefined ? {} : { displayName: displayName.slice(0, 255) }),
    object: signed,
  };
}

/** In its one spelling, whatever the server's was. */
function key(object: JsonObject, algorithm: string, deviceID: DeviceID): KeyText {
  const text = stringIn(objectIn(object, "keys"), `${algorithm}:${deviceID}`);
  if (text === undefined) throw new CryptoError("BAD_FORMAT", "a device without its keys");
  return encodeBase64(decodeBase64Exactly(32, text));
}
