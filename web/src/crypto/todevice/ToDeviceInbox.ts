import { field, integerIn, type JsonObject, objectIn, stringIn } from "../../platform/json.ts";
import type { DeviceLists } from "../devices/DeviceLists.ts";
import { type KeyText, megolmAlgorithm, olmAlgorithm, type UserID } from "../names.ts";
import { readSharedKey } from "../megolm/sessionKey.ts";
import type { OlmBatch, OlmChannels } from "../olm/OlmChannels.ts";
import { type Payload, readPayload } from "../olm/payload.ts";
import { decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { KeyRequests } from "../rooms/KeyRequests.ts";
import type { RoomKey, RoomKeyBatch } from "../rooms/RoomKeys.ts";
import type { Device } from "../storage/stores.ts";

/** A to-device event that is the business of others: verification, secrets, bundles, calls. */
export type ReceivedToDevice = {
  readonly type: string;
  readonly sender: UserID;
  readonly content: JsonObject;
  /** Absent: it came in the clear, and anybody may have written it. */
  readonly channel?: {
    readonly curve25519: KeyText;
    readonly ed25519: KeyText;
    /** The sender's device with those keys, as the list says; absent when it is in no list. */
    readonly device?: Device;
  };
};

/** What came of a batch of to-device events, apart from keys and sessions. */
export type InboxNews = {
  readonly others: ReceivedToDevice[];
  /** Whose messages were read. */
  readonly senders: Set<UserID>;
  /** Devices whose messages could not be read. */
  readonly unreadable: Map<KeyText, UserID>;
  /** Devices that opened a new session and said so: what they were sent before may be lost. */
  readonly reopened: Map<KeyText, UserID>;
};

/** Types that mean something only when they come by Olm; in the clear they are a lie. */
const onlyEncrypted = new Set([
  ...["m.room_key", "m.forwarded_room_key", "m.dummy", "m.secret.send", "m.room_key_bundle"],
]);

/** What withheld codes may say; others are kept as they are, up to this length. */
const maxCode = 100;

/** Reads to-device events, one after the other, as they came. */
export class ToDeviceInbox {
  constructor(
    private readonly channels: OlmChannels,
    private readonly lists: DeviceLists,
    private readonly requests: KeyRequests,
  ) {}

  /** The Curve25519 keys of all devices that the events are from: whose sessions are needed. */
  static senderKeys(events: readonly JsonObject[]): KeyText[] {
    return events.flatMap((event) => senderKeyOf(objectIn(event, "content")) ?? []);
  }

  async read(
    events: readonly JsonObject[],
    olm: OlmBatch,
    keys: RoomKeyBatch,
  ): Promise<InboxNews> {
    const news: InboxNews = {
      ...{ others: [], senders: new Set(), unreadable: new Map(), reopened: new Map() },
    };
    for (const event of events) {
      const [type, sender] = [stringIn(event, "type"), stringIn(event, "sender")];
      const content = objectIn(event, "content");
      if (type === undefined || sender === undefined || content === undefined) continue;
      try {
        if (type === "m.room.encrypted") await this.#encrypted(sender, content, olm, keys, news);
        else this.#plain(type, sender, content, keys, news);
      } catch (error) {
        // Whatever is wrong with one concerns no other.
        if (!(error instanceof CryptoError)) throw error;
      }
    }
    return news;
  }

  async #encrypted(
    sender: UserID,
    content: JsonObject,
    olm: OlmBatch,
    keys: RoomKeyBatch,
    news: InboxNews,
  ): Promise<void> {
    const senderKey = senderKeyOf(content);
    const { account } = this.channels;
    const message = field(field(content, "ciphertext"), account.curve25519);
    const [type, body] = [integerIn(message, "type"), stringIn(message, "body")];
    // Encrypted for others, or by Megolm, which proves nothing here.
    if (senderKey === undefined || (type !== 0 && type !== 1) || body === undefined) return;
    const opened = await olm.decrypt(senderKey, { type, body }).catch((error) => {
      const isOld = error instanceof CryptoError && error.code === "USED_UP";
      if (error instanceof CryptoError && !isOld) news.unreadable.set(senderKey, sender);
      throw error;
    });
    const payload = await readPayload(account, sender, senderKey, opened.plaintext);
    await olm.attribute(senderKey, opened.sessionID, payload.ed25519);
    const device = await this.lists.knownDevice(sender, senderKey, payload.ed25519);
    // Where the list knows the device, it is the one of the list.
    if (device !== undefined && device.ed25519 !== payload.ed25519) return;
    news.senders.add(sender);
    if (payload.type === "m.dummy" && opened.isNewSession) news.reopened.set(senderKey, sender);
    await this.#dispatch(sender, senderKey, device, payload, keys, news);
  }

  async #dispatch(
    sender: UserID,
    senderKey: KeyText,
    device: Device | undefined,
    { type, content, ed25519 }: Payload,
    keys: RoomKeyBatch,
    news: InboxNews,
  ): Promise<void> {
    if (type === "m.dummy") return;
    if (type === "m.room_key") {
      const key = await readRoomKey(content);
      if (key === undefined) return;
      await keys.add({
        ...key,
        source: "room_key",
        senderUserID: sender,
        senderKey,
        claimedEd25519: ed25519,
        forwardingChain: [],
      });
    } else if (type === "m.forwarded_room_key") {
      const key = await this.requests.accept(device, content);
      if (key !== undefined) await keys.add(key);
    } else {
      const channel = {
        curve25519: senderKey,
        ed25519,
        ...(device === undefined ? {} : { device }),
      };
      news.others.push({ type, sender, content, channel });
    }
  }

  #plain(
    type: string,
    sender: UserID,
    content: JsonObject,
    keys: RoomKeyBatch,
    news: InboxNews,
  ): void {
    if (onlyEncrypted.has(type)) return;
    if (type === "m.room_key_request") return this.requests.hear(sender, content);
    if (type !== "m.room_key.withheld") {
      news.others.push({ type, sender, content });
      return;
    }
    const code = stringIn(content, "code");
    const [roomID, sessionID] = [stringIn(content, "room_id"), stringIn(content, "session_id")];
    if (code === undefined || stringIn(content, "algorithm") !== megolmAlgorithm) return;
    if (code === "m.no_olm") {
      const senderKey = senderKeyText(content);
      if (senderKey !== undefined) news.unreadable.set(senderKey, sender);
    } else if (roomID !== undefined && sessionID !== undefined && sessionID.length < maxCode) {
      const reason = stringIn(content, "reason")?.slice(0, maxCode);
      keys.withhold({
        ...{ roomID, sessionID, code: code.slice(0, maxCode) },
        ...(reason === undefined ? {} : { reason }),
      });
    }
  }
}

/** - Throws: `BAD_FORMAT`, `BAD_VERSION`, `BAD_SIGNATURE`. */
async function readRoomKey(
  content: JsonObject,
): Promise<Pick<RoomKey, "roomID" | "key" | "isShareable"> | undefined> {
  const [roomID, sessionID] = [stringIn(content, "room_id"), stringIn(content, "session_id")];
  const text = stringIn(content, "session_key");
  const isMegolm = stringIn(content, "algorithm") === megolmAlgorithm;
  if (!isMegolm || roomID === undefined || text === undefined) return undefined;
  const key = await readSharedKey(text);
  if (encodeBase64(key.signingKey) !== sessionID) return undefined;
  return { roomID, key, isShareable: content["shared_history"] === true };
}

function senderKeyOf(content: JsonObject | undefined): KeyText | undefined {
  return stringIn(content, "algorithm") === olmAlgorithm ? senderKeyText(content) : undefined;
}

/** In its one spelling. */
function senderKeyText(content: JsonObject | undefined): KeyText | undefined {
  try {
    return encodeBase64(decodeBase64Exactly(32, stringIn(content, "sender_key") ?? ""));
  } catch {
    return undefined;
  }
}
