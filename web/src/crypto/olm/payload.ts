import { asObject, field, type JsonObject, objectIn, stringIn } from "../../platform/json.ts";
import type { Account } from "../Account.ts";
import { type PublishedDevice, readDevice } from "../devices/readDevice.ts";
import type { KeyText, UserID } from "../names.ts";
import { type Bytes, decodeUTF8, encodeUTF8 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";

/** What an Olm message says, after all that can be checked of it was. */
export type Payload = {
  readonly type: string;
  readonly content: JsonObject;
  /** The sending device's signing key. Whether that device is the sender's is another question. */
  readonly ed25519: KeyText;
  /** The device as it described itself, signed by itself. */
  readonly device?: PublishedDevice;
};

/**
 * The plaintext of a message to one device.
 *
 * - Parameter deviceKeys: Our own, with our owner's signature if we know of one.
 * - Spec: [m.olm.v1.curve25519-aes-sha2](https://spec.matrix.org/v1.19/client-server-api/#molmv1curve25519-aes-sha2)
 */
export function writePayload(
  account: Account,
  deviceKeys: JsonObject,
  to: { readonly userID: UserID; readonly ed25519: KeyText },
  type: string,
  content: JsonObject,
): Bytes {
  return encodeUTF8(JSON.stringify({
    type,
    content,
    sender: account.userID,
    recipient: to.userID,
    recipient_keys: { ed25519: to.ed25519 },
    keys: { ed25519: account.ed25519 },
    sender_device_keys: deviceKeys,
  }));
}

/**
 * - Parameter sender: Of the event, by the server's word.
 * - Parameter senderKey: The Curve25519 key at the other end of the Olm session.
 * - Throws: `BAD_FORMAT` when it is for another, or by another than it says.
 * - Spec: [Validation of incoming decrypted events](https://spec.matrix.org/v1.19/client-server-api/#validation-of-incoming-decrypted-events)
 */
export async function readPayload(
  account: Account,
  sender: UserID,
  senderKey: KeyText,
  plaintext: Bytes,
): Promise<Payload> {
  const payload = parse(plaintext);
  const [type, content] = [stringIn(payload, "type"), objectIn(payload, "content")];
  const ed25519 = stringIn(field(payload, "keys"), "ed25519");
  if (type === undefined || content === undefined || ed25519 === undefined) {
    throw bad("an incomplete message");
  }
  // 1, 3 and 4 of the specification's list; 2 needs the list of devices, and is the caller's.
  if (stringIn(payload, "sender") !== sender) throw bad("another sender");
  const isForUs = stringIn(payload, "recipient") === account.userID &&
    stringIn(field(payload, "recipient_keys"), "ed25519") === account.ed25519;
  if (!isForUs) throw bad("for another device");
  const described = asObject(field(payload, "sender_device_keys"));
  if (described === undefined) return { type, content, ed25519 };
  // 5.
  const device = await readDevice(sender, stringIn(described, "device_id") ?? "", described);
  if (device.curve25519 !== senderKey || device.ed25519 !== ed25519) {
    throw bad("described as another device");
  }
  return { type, content, ed25519, device };
}

function parse(plaintext: Bytes): unknown {
  try {
    return JSON.parse(decodeUTF8(plaintext));
  } catch {
    throw bad("not JSON");
  }
}

function bad(what: string): CryptoError {
  return new CryptoError("BAD_FORMAT", what);
}
