import {
  asObject,
  entriesIn,
  type JsonObject,
  objectIn,
  stringIn,
  stringsIn,
} from "../../platform/json.ts";
import type { DeviceID, KeyText, UserID } from "../names.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { verifyJSON } from "../primitives/signedJSON.ts";
import type { Device } from "../storage/stores.ts";

/** Of a device ID, in UTF-16 units. */
const maxDeviceID = 255;
/** Of what a device publishes, in characters of JSON. A real one has some 600. */
const maxObject = 10_000;
/** Signatures by its owner that are kept: its own, and that of the self-signing key. */
const maxSignatures = 8;

/** A device, but for how far it is trusted. */
export type PublishedDevice = Omit<Device, "trust">;

/**
 * A device as its owner published it, in `/keys/query` or `sender_device_keys`: named as asked
 * for, and signed by itself.
 *
 * - Throws: `BAD_FORMAT`, `BAD_KEY`, `BAD_SIGNATURE`, `TOO_LARGE`.
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
  const { unsigned: _, signatures: __, ...signed } = object;
  if (JSON.stringify(signed).length > maxObject) throw new CryptoError("TOO_LARGE", "no device");
  return {
    userID,
    deviceID,
    ed25519,
    curve25519: key(object, "curve25519", deviceID),
    algorithms: stringsIn(object, "algorithms"),
    ...(displayName === undefined ? {} : { displayName: displayName.slice(0, 255) }),
    object: { ...signed, signatures: { [userID]: signaturesOf(object, userID) } },
  };
}

/** Those by its owner; what others sign says nothing here, and could be any amount. */
function signaturesOf(object: JsonObject, userID: UserID): JsonObject {
  const all = entriesIn(objectIn(object, "signatures"), userID).filter(([keyID, signature]) => {
    return typeof signature === "string" && keyID.length + signature.length < 2 * maxDeviceID;
  });
  const own = all.filter(([keyID]) => keyID === `ed25519:${stringIn(object, "device_id")}`);
  const others = all.filter((entry) => !own.includes(entry));
  return Object.fromEntries([...own, ...others].slice(0, maxSignatures));
}

/** In its one spelling, whatever the server's was. */
function key(object: JsonObject, algorithm: string, deviceID: DeviceID): KeyText {
  const text = stringIn(objectIn(object, "keys"), `${algorithm}:${deviceID}`);
  if (text === undefined) throw new CryptoError("BAD_FORMAT", "a device without its keys");
  return encodeBase64(decodeBase64Exactly(32, text));
}
