import type { UserID } from "../../matrix/contract.ts";
import {
  asObject,
  entriesIn,
  type JsonObject,
  objectIn,
  stringIn,
  stringsIn,
} from "../../platform/json.ts";
import { decodeBase64Exactly } from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { verifyJSON } from "../primitives/signedJSON.ts";

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
  /** As the server gave it: what signatures are of. */
  readonly object: JsonObject;
};

/** Of a device ID, in UTF-16 units. */
const maxDeviceID = 255;

/**
 * A device from `/keys/query`, whose keys must be signed by itself and under the names asked for.
 *
 * - Throws: `BAD_FORMAT`, `BAD_KEY`, `BAD_SIGNATURE`.
 * - Spec: [Device keys](https://spec.matrix.org/v1.19/client-server-api/#device-keys)
 */
export async function readDeviceKeys(
  userID: UserID,
  deviceID: string,
  value: unknown,
): Promise<DeviceKeys> {
  const object = asObject(value);
  const isNamedSo = stringIn(object, "user_id") === userID &&
    stringIn(object, "device_id") === deviceID;
  if (object === undefined || !isNamedSo || deviceID.length > maxDeviceID || deviceID === "") {
    throw new CryptoError("BAD_FORMAT", "a device under another's name");
  }
  const keys = new Map(entriesIn(object, "keys"));
  const [ed25519, curve25519] = ["ed25519", "curve25519"].map((algorithm) => {
    const text = keys.get(`${algorithm}:${deviceID}`);
    if (typeof text !== "string") throw new CryptoError("BAD_FORMAT", "a device without its keys");
    return decodeBase64Exactly(32, text);
  }) as [Bytes, Bytes];
  await verifyJSON(object, userID, `ed25519:${deviceID}`, ed25519);
  const displayName = stringIn(objectIn(object, "unsigned"), "device_display_name");
  return {
    userID,
    deviceID,
    algorithms: stringsIn(object, "algorithms"),
    ed25519,
    curve25519,
    ...(displayName === undefined ? {} : { displayName }),
    object,
  };
}
