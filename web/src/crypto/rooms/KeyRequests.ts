import type { Clock } from "../../platform/Clock.ts";
import { field, type JsonObject, stringIn, stringsIn } from "../../platform/json.ts";
import type { Account } from "../Account.ts";
import type { DeviceLists } from "../devices/DeviceLists.ts";
import { mayReceiveKeys } from "../devices/IdentityKeeper.ts";
import type { OwnDeviceKeys } from "../devices/OwnDeviceKeys.ts";
import { readExportedKey } from "../megolm/sessionKey.ts";
import { type DeviceID, type KeyText, megolmAlgorithm, type UserID } from "../names.ts";
import type { OlmChannels } from "../olm/OlmChannels.ts";
import { decodeBase64Exactly, encodeBase64, encodeBase64URL } from "../primitives/base64.ts";
import { randomBytes } from "../primitives/bytes.ts";
import type { CryptoDatabase, CryptoTransaction, Device } from "../storage/stores.ts";
import type { ToDeviceQueue } from "../todevice/ToDeviceQueue.ts";
import type { RoomKey, RoomKeys, SessionName } from "./RoomKeys.ts";

/** A key is asked for at most this often. */
const intervalMS = 60 * 60_000;
/** Requests of our other devices that wait to be answered; more are not heard. */
const maxWaiting = 500;
/** A key that went through more hands is not worth having. */
const maxForwards = 20;

type Request = SessionName & { readonly deviceID: DeviceID };

/**
 * Asks our own other devices for room keys, and answers them. Nobody else is asked or answered,
 * and a key that nobody asked for is not taken.
 *
 * - Spec: [Key requests](https://spec.matrix.org/v1.19/client-server-api/#key-requests)
 */
export class KeyRequests {
  #waiting = new Map<string, Request>();

  constructor(
    private readonly database: CryptoDatabase,
    private readonly account: Account,
    private readonly channels: OlmChannels,
    private readonly lists: DeviceLists,
    private readonly own: OwnDeviceKeys,
    private readonly keys: RoomKeys,
    private readonly toDevice: ToDeviceQueue,
    private readonly clock: Clock,
  ) {}

  /** Asks for these, but for what was asked for within the hour. */
  async ask(sessions: readonly SessionName[]): Promise<void> {
    const now = this.clock.now();
    await this.database.write(["keyRequests", "toDeviceQueue"], async (tx) => {
      for (const { roomID, sessionID } of sessions) {
        const known = await tx.get("keyRequests", [roomID, sessionID]);
        if (known !== undefined && now - known.askedTS < intervalMS) continue;
        const requestID = known?.requestID ?? encodeBase64URL(randomBytes(12));
        tx.put("keyRequests", { roomID, sessionID, requestID, askedTS: now });
        await this.toDevice.add(tx, [this.#toOwn({
          action: "request",
          request_id: requestID,
          body: { algorithm: megolmAlgorithm, room_id: roomID, session_id: sessionID },
        })]);
      }
    });
  }

  /** Hears an `m.room_key_request`; `answer` does what it asks. */
  hear(sender: UserID, content: JsonObject): void {
    const deviceID = stringIn(content, "requesting_device_id");
    const requestID = stringIn(content, "request_id");
    if (sender !== this.account.userID || deviceID === undefined || requestID === undefined) return;
    if (deviceID === this.account.deviceID) return;
    const name = `${deviceID} ${requestID}`;
    if (stringIn(content, "action") === "request_cancellation") this.#waiting.delete(name);
    if (stringIn(content, "action") !== "request" || this.#waiting.size >= maxWaiting) return;
    const body = field(content, "body");
    const [roomID, sessionID] = [stringIn(body, "room_id"), stringIn(body, "session_id")];
    if (stringIn(body, "algorithm") !== megolmAlgorithm) return;
    if (roomID !== undefined && sessionID !== undefined) {
      this.#waiting.set(name, { deviceID, roomID, sessionID });
    }
  }

  /** Sends what our other devices asked for and may have. Rejects when the server is away. */
  async answer(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const requests = [...this.#waiting];
    const devices = (await this.lists.devicesOf([this.account.userID]))
      .get(this.account.userID) ?? [];
    for (const [name, request] of requests) {
      const device = devices.find(({ deviceID }) => deviceID === request.deviceID);
      // Only devices that their owner, ourselves, signed; the setting does not relax this.
      if (device !== undefined && mayReceiveKeys(device.trust, false)) {
        await this.#forward(device, request);
      }
      this.#waiting.delete(name);
    }
  }

  /**
   * The key of an `m.forwarded_room_key`, if it may be taken: from a device of ours that is
   * signed, and asked for.
   *
   * - Throws: `BAD_FORMAT`, `BAD_VERSION`.
   */
  async accept(from: Device | undefined, content: JsonObject): Promise<RoomKey | undefined> {
    if (from === undefined || from.userID !== this.account.userID) return undefined;
    if (!mayReceiveKeys(from.trust, false)) return undefined;
    const [roomID, sessionID] = [stringIn(content, "room_id"), stringIn(content, "session_id")];
    if (roomID === undefined || sessionID === undefined) return undefined;
    const asked = await this.database.read(["keyRequests"], (tx) => {
      return tx.get("keyRequests", [roomID, sessionID]);
    });
    const forwardingChain = stringsIn(content, "forwarding_curve25519_key_chain");
    if (asked === undefined || forwardingChain.length >= maxForwards) return undefined;
    if (stringIn(content, "algorithm") !== megolmAlgorithm) return undefined;
    const key = readExportedKey(stringIn(content, "session_key") ?? "");
    if (encodeBase64(key.signingKey) !== sessionID) return undefined;
    return {
      roomID,
      key,
      source: "forwarded",
      senderKey: keyText(stringIn(content, "sender_key")),
      claimedEd25519: keyText(stringIn(content, "sender_claimed_ed25519_key")),
      forwardingChain: [...forwardingChain.map(keyText), from.curve25519],
      isShareable: content["shared_history"] === true,
    };
  }

  /** These came: whoever else was asked need not answer. In the transaction that stores them. */
  async cancel(tx: CryptoTransaction, sessions: readonly SessionName[]): Promise<void> {
    for (const { roomID, sessionID } of sessions) {
      const asked = await tx.get("keyRequests", [roomID, sessionID]);
      if (asked === undefined) continue;
      tx.delete("keyRequests", [roomID, sessionID]);
      await this.toDevice.add(tx, [this.#toOwn({
        action: "request_cancellation",
        request_id: asked.requestID,
      })]);
    }
  }

  async #forward(device: Device, { roomID, sessionID }: Request): Promise<void> {
    const known = await this.keys.find(roomID, sessionID);
    if (known === undefined) return;
    const { record, session } = known;
    const claimed = await this.channels.claim(await this.channels.withoutSession([device]));
    const deviceKeys = await this.own.current();
    await this.channels.batch([device.curve25519], async (olm) => {
      const message = await olm.encrypt(device, deviceKeys, "m.forwarded_room_key", {
        algorithm: megolmAlgorithm,
        room_id: roomID,
        session_id: sessionID,
        session_key: session.exportedKey(),
        sender_key: record.senderKey,
        sender_claimed_ed25519_key: record.claimedEd25519,
        forwarding_curve25519_key_chain: record.forwardingChain,
        shared_history: record.isShareable,
      }, claimed.get(device.ed25519));
      if (message === undefined) return;
      await this.database.write(["olmSessions", "oneTimeKeys", "toDeviceQueue"], async (tx) => {
        olm.write(tx);
        await this.toDevice.add(tx, [message]);
      });
    });
  }

  #toOwn(content: JsonObject) {
    return {
      userID: this.account.userID,
      deviceID: "*",
      type: "m.room_key_request",
      content: { ...content, requesting_device_id: this.account.deviceID },
    };
  }
}

/** - Throws: `BAD_FORMAT`. */
function keyText(text: string | undefined): KeyText {
  return encodeBase64(decodeBase64Exactly(32, text ?? ""));
}
