import type { Clock } from "../../platform/Clock.ts";
import type { JsonObject } from "../../platform/json.ts";
import type { DeviceLists } from "../devices/DeviceLists.ts";
import type { OwnDeviceKeys } from "../devices/OwnDeviceKeys.ts";
import { KeyedQueue } from "../KeyedQueue.ts";
import {
  encryptForGroup,
  openGroupSession,
  type OutboundGroupSession,
  restoreOutbound,
  sessionKeyOf,
  sharedKeyOf,
  storeOutbound,
} from "../megolm/OutboundGroupSession.ts";
import { wind } from "../megolm/Ratchet.ts";
import { type KeyText, megolmAlgorithm, type RoomID, type UserID } from "../names.ts";
import type { OlmBatch, OlmChannels } from "../olm/OlmChannels.ts";
import { type Bytes, encodeUTF8 } from "../primitives/bytes.ts";
import {
  type CryptoDatabase,
  type CryptoStores,
  cryptoStores,
  type CryptoTransaction,
  type Device,
  type OutboundRecord,
  type Told,
} from "../storage/stores.ts";
import type { ToDeviceQueue } from "../todevice/ToDeviceQueue.ts";
import { KeyShare, roomKey } from "./KeyShare.ts";
import {
  deviceName,
  type EncryptedRoom,
  mergedOutbound,
  mustRotate,
  pastIndices,
  type Recipients,
  recipientsAmong,
  stillToTell,
} from "./outbound.ts";
import type { RoomKeys } from "./RoomKeys.ts";

/** The content of an `m.room.encrypted` event. */
export type EncryptedContent = JsonObject;

type Plan = {
  /** Of the session, when it was there before. */
  readonly record?: OutboundRecord;
  readonly session: OutboundGroupSession;
  readonly told: ReadonlyMap<string, Told>;
  readonly devices: readonly Device[];
  readonly refused: readonly Device[];
  readonly claimed: ReadonlyMap<KeyText, Bytes>;
};

/** Writes in encrypted rooms: opens and rotates sessions, and hands their keys out. */
export class RoomEncryption {
  /** One thing at a time happens to a room's session. */
  #queue = new KeyedQueue();
  #saidNoOlm = new Set<string>();
  /** How often somebody left each room: to notice it while a message is being encrypted. */
  #departures = new Map<RoomID, number>();

  constructor(
    private readonly database: CryptoDatabase,
    private readonly channels: OlmChannels,
    private readonly lists: DeviceLists,
    private readonly own: OwnDeviceKeys,
    private readonly keys: RoomKeys,
    private readonly toDevice: ToDeviceQueue,
    private readonly clock: Clock,
    /** The setting that lets devices read that nobody signed. */
    private readonly takesUnsigned: () => boolean,
    /** Stores besides ours that `store` may use. */
    private readonly moreStores: readonly string[],
  ) {}

  /**
   * The event to send. When this returns, the advanced session and the keys for everybody are
   * stored; the keys are to leave before the event does.
   *
   * - Parameter store: Also stores the event, in the same transaction; on top of our stores it may
   *   use those that the database has besides.
   * - Throws: When our server does not answer; then nothing has happened.
   */
  encrypt(
    room: EncryptedRoom,
    type: string,
    content: JsonObject,
    store?: (tx: CryptoTransaction, content: EncryptedContent) => Promise<void>,
  ): Promise<EncryptedContent> {
    return this.#queue.run([room.roomID], async () => {
      const departures = this.#departures.get(room.roomID);
      const isOver = () => departures !== this.#departures.get(room.roomID);
      const { record, session, told, devices, refused, claimed } = await this.#plan(room);
      const { account } = this.channels;
      const now = this.clock.now();
      return await this.channels.batch(devices.map((device) => device.curve25519), async (olm) => {
        const { index } = session.ratchet;
        const share = new KeyShare(room.roomID, session.id, account, this.#saidNoOlm, now);
        const text = await sharedKeyOf(session);
        const key = roomKey(room.roomID, session.id, text, room.isHistoryShared);
        await share.give(olm, devices, await this.own.current(), index, key, claimed);
        for (const device of refused) share.withhold(device, "m.unverified", index);
        const { event, advanced } = await this.#event(room.roomID, session, type, content);
        const mine: Omit<OutboundRecord, "debts"> = {
          ...await storeOutbound(advanced, account.sealingKey),
          roomID: room.roomID,
          createdTS: record?.createdTS ?? now,
          isShareable: room.isHistoryShared,
          isOver: false,
          since: new Map([
            ...room.readers.map((userID) => [userID, index] as const),
            ...record?.since ?? [],
          ]),
          told,
        };
        const begun = record === undefined ? session : undefined;
        await this.#store(olm, share, mine, isOver, begun, async (tx) => await store?.(tx, event));
        return event;
      });
    });
  }

  /**
   * Somebody left this room, or may have come and left: who has the key is not to read on. In the
   * transaction that stores that.
   */
  async end(tx: CryptoTransaction, roomID: RoomID): Promise<void> {
    this.#departures.set(roomID, (this.#departures.get(roomID) ?? 0) + 1);
    const record = await tx.get("outboundSessions", roomID);
    if (record !== undefined) tx.put("outboundSessions", { ...record, isOver: true });
  }

  /** A device had to open a new session: what we sent it last may be lost. */
  async noteLost(tx: CryptoTransaction, userID: UserID, curve25519: KeyText): Promise<void> {
    for (const record of await tx.getAll("outboundSessions")) {
      const owed = [...record.told].filter(([, told]) => {
        return told.userID === userID && told.curve25519 === curve25519 && told.what === "key";
      });
      if (owed.length === 0) continue;
      const news = owed.map(([name, told]): [string, Told] => [name, { ...told, what: "owed" }]);
      tx.put("outboundSessions", mergedOutbound(record, record, new Map(news)));
    }
  }

  /**
   * Gives keys that are due to devices that lost them, had no one-time key, were signed since, or
   * are new and their owner's others have them, without waiting for the next message.
   *
   * - Parameter changedUsers: Whose lists came since the last time.
   */
  async payDebts(changedUsers: ReadonlySet<UserID> | "all"): Promise<void> {
    const isConcerned = (userID: UserID) => changedUsers === "all" || changedUsers.has(userID);
    const records = await this.database.read(["outboundSessions"], (tx) => {
      return changedUsers === "all" || changedUsers.size > 0
        ? tx.getAll("outboundSessions")
        : tx.getAll("outboundSessions", { lower: [1], upper: [1, []] }, { index: "byDebts" });
    });
    const due = records.filter((record) => {
      return record.debts === 1 || [...record.since.keys()].some(isConcerned);
    });
    for (const { roomID } of due) {
      await this.#queue.run([roomID], async () => {
        const record = await this.#record(roomID);
        if (record === undefined) return;
        await this.#payDebts(record, await this.#recipients([...record.since.keys()]));
      });
    }
  }

  /** The session to write with, and who is yet to be told of it. */
  async #plan(room: EncryptedRoom): Promise<Plan> {
    const recipients = await this.#recipients(room.readers);
    const before = await this.#record(room.roomID);
    // Before the session goes on or ends, so that each reads from where it may; those who left
    // since too: what was written while they were here is theirs.
    if (before !== undefined) {
      await this.#payDebts(before, await this.#recipients([...before.since.keys()]));
    }
    const now = this.clock.now();
    const found = await this.#record(room.roomID);
    const record = found !== undefined && !mustRotate(found, room, recipients, now)
      ? found
      : undefined;
    const session = record === undefined
      ? await openGroupSession()
      : await restoreOutbound(record, this.channels.account.sealingKey);
    const told = record?.told ?? new Map<string, Told>();
    const devices = stillToTell(told, recipients, now);
    const refused = [...recipients.refused.values()].filter((one) => !told.has(deviceName(one)));
    const claimed = await this.channels.claim(await this.channels.withoutSession(devices));
    return {
      ...(record === undefined ? {} : { record }),
      session,
      told,
      devices,
      refused,
      claimed,
    };
  }

  async #event(
    roomID: RoomID,
    session: OutboundGroupSession,
    type: string,
    content: JsonObject,
  ): Promise<{ event: EncryptedContent; advanced: OutboundGroupSession }> {
    const { "m.relates_to": relation, ...inside } = content;
    const plaintext = encodeUTF8(JSON.stringify({ type, content: inside, room_id: roomID }));
    const encrypted = await encryptForGroup(session, plaintext);
    const event = {
      algorithm: megolmAlgorithm,
      sender_key: this.channels.account.curve25519,
      device_id: this.channels.account.deviceID,
      session_id: session.id,
      ciphertext: encrypted.message,
      // The server gathers events by their relations, and must see them.
      ...(relation === undefined ? {} : { "m.relates_to": relation }),
    };
    return { event, advanced: encrypted.session };
  }

  async #payDebts(record: OutboundRecord, recipients: Recipients): Promise<void> {
    const { account } = this.channels;
    const { roomID } = record;
    const now = this.clock.now();
    const indices = pastIndices(record.since, stillToTell(record.told, recipients, now));
    const devices = [...indices.keys()];
    const ours = devices.length === 0 ? undefined : await this.keys.find(roomID, record.id);
    if (ours === undefined) return;
    const claimed = await this.channels.claim(await this.channels.withoutSession(devices));
    await this.channels.batch(devices.map((device) => device.curve25519), async (olm) => {
      const share = new KeyShare(roomID, record.id, account, this.#saidNoOlm, now);
      const deviceKeys = await this.own.current();
      for (const index of new Set(indices.values())) {
        const ratchet = wind(ours.session.key.ratchet, index);
        const text = await sharedKeyOf({ id: record.id, signing: record.signing, ratchet });
        const key = roomKey(roomID, record.id, text, record.isShareable);
        const some = devices.filter((device) => indices.get(device) === index);
        await share.give(olm, some, deviceKeys, index, key, claimed);
      }
      await this.#store(olm, share, record, () => false, undefined, () => Promise.resolve());
    });
  }

  async #recipients(users: readonly UserID[]): Promise<Recipients> {
    const lists = await this.lists.devicesOf(users);
    return recipientsAmong([...lists.values()].flat(), this.channels.account, this.takesUnsigned());
  }

  #record(roomID: RoomID): Promise<OutboundRecord | undefined> {
    return this.database.read(["outboundSessions"], (tx) => tx.get("outboundSessions", roomID));
  }

  /** - Parameter begun: The session, when it is new: we read our own messages by it. */
  async #store(
    olm: OlmBatch,
    share: KeyShare,
    mine: Omit<OutboundRecord, "debts">,
    isOver: () => boolean,
    begun: OutboundGroupSession | undefined,
    more: (tx: CryptoTransaction) => Promise<void>,
  ): Promise<void> {
    const { account } = this.channels;
    await this.keys.batch(async (keys) => {
      if (begun !== undefined) {
        await keys.add({
          roomID: mine.roomID,
          key: sessionKeyOf(begun),
          source: "own",
          senderUserID: account.userID,
          senderKey: account.curve25519,
          claimedEd25519: account.ed25519,
          forwardingChain: [],
          isShareable: mine.isShareable,
        });
      }
      await this.#write(async (tx) => {
        const stored = await tx.get("outboundSessions", mine.roomID);
        const merged = mergedOutbound(mine, stored, share.told);
        tx.put("outboundSessions", { ...merged, isOver: merged.isOver || isOver() });
        keys.write(tx);
        olm.write(tx);
        await this.toDevice.add(tx, share.messages);
        await more(tx);
      });
    });
  }

  #write(work: (tx: CryptoTransaction) => Promise<void>): Promise<void> {
    const stores = [...cryptoStores, ...this.moreStores] as readonly (keyof CryptoStores)[];
    return this.database.write(stores, work);
  }
}
