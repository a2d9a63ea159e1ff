import type { Clock } from "../platform/Clock.ts";
import type { JsonObject } from "../platform/json.ts";
import { Account } from "./Account.ts";
import { DeviceLists } from "./devices/DeviceLists.ts";
import type { IdentityKeeper } from "./devices/IdentityKeeper.ts";
import { OwnDeviceKeys } from "./devices/OwnDeviceKeys.ts";
import { KeyedQueue } from "./KeyedQueue.ts";
import type { KeyServer } from "./KeyServer.ts";
import { readExportedKey } from "./megolm/sessionKey.ts";
import type { DeviceID, RoomID, UserID } from "./names.ts";
import { OlmChannels } from "./olm/OlmChannels.ts";
import { Repairs } from "./olm/Repairs.ts";
import { type KeyCounts, OneTimeKeys } from "./OneTimeKeys.ts";
import { encodeBase64 } from "./primitives/base64.ts";
import { CryptoError } from "./primitives/CryptoError.ts";
import { KeyRequests } from "./rooms/KeyRequests.ts";
import type { EncryptedRoom } from "./rooms/outbound.ts";
import { type EncryptedEvent, type Outcome, RoomDecryption } from "./rooms/RoomDecryption.ts";
import { type EncryptedContent, RoomEncryption } from "./rooms/RoomEncryption.ts";
import type { ExportedRoomKey } from "./rooms/exportedKeys.ts";
import { RoomKeys, type SessionName } from "./rooms/RoomKeys.ts";
import type { CryptoDatabase, CryptoTransaction, KeySource, Write } from "./storage/stores.ts";
import { type ReceivedToDevice, ToDeviceInbox } from "./todevice/ToDeviceInbox.ts";
import { ToDeviceQueue } from "./todevice/ToDeviceQueue.ts";

/** What a sync says that concerns encryption. */
export type CryptoSync = {
  readonly toDevice: readonly JsonObject[];
  readonly changedUsers: readonly UserID[];
  readonly leftUsers: readonly UserID[];
  readonly counts: KeyCounts;
  /**
   * Rooms where somebody left or was removed, or may have been: in a `limited` timeline, each
   * membership but `join` counts.
   */
  readonly departures: readonly RoomID[];
  /** What the rooms' timelines hold in encrypted form. */
  readonly events: readonly EncryptedEvent[];
};

export type CryptoNews = {
  /** For each of `events`, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Sessions that can be read now, or further back than before: try their events again. */
  readonly sessions: readonly SessionName[];
  /** To-device events that are not ours to handle. */
  readonly toDevice: readonly ReceivedToDevice[];
};

export type CryptoOptions = {
  readonly database: CryptoDatabase;
  /** Stores besides ours that transactions handed to the caller may use. */
  readonly moreStores?: readonly string[];
  readonly server: KeyServer;
  readonly identities: IdentityKeeper;
  readonly clock: Clock;
  readonly userID: UserID;
  readonly deviceID: DeviceID;
  /** The setting that lets devices read that their owner did not sign. */
  readonly takesUnsigned?: () => boolean;
  /** Lists of these people's devices came: decrypting their messages again may tell more of them. */
  readonly onDevices?: (userIDs: readonly UserID[]) => void;
};

/** All the cryptography of one device. One instance for a database, ever. */
export class CryptoMachine {
  /** Whose lists came before a restart, and whether all was done that followed, is not known. */
  #isNew = true;
  #working = new KeyedQueue();

  private constructor(
    readonly account: Account,
    readonly lists: DeviceLists,
    readonly keys: RoomKeys,
    readonly requests: KeyRequests,
    private readonly oneTimeKeys: OneTimeKeys,
    private readonly channels: OlmChannels,
    private readonly own: OwnDeviceKeys,
    private readonly repairs: Repairs,
    private readonly queue: ToDeviceQueue,
    private readonly inbox: ToDeviceInbox,
    private readonly encryption: RoomEncryption,
    private readonly decryption: RoomDecryption,
    private readonly database: CryptoDatabase,
    /** People whose lists came since `work` last gave their devices what is due to them. */
    private readonly changed: UserID[],
  ) {}

  /** The machine of this device; its keys are made at the first call. */
  static async open(options: CryptoOptions): Promise<CryptoMachine> {
    const { database, server, clock, userID, deviceID } = options;
    const account = await Account.open(database, userID, deviceID);
    const changed: UserID[] = [];
    const lists = new DeviceLists(
      ...[database, server, options.identities, clock, userID] as const,
      (userIDs) => {
        changed.push(...userIDs);
        options.onDevices?.(userIDs);
      },
    );
    const oneTimeKeys = new OneTimeKeys(database, server, account, clock);
    const channels = new OlmChannels(database, server, account, oneTimeKeys, clock);
    const own = new OwnDeviceKeys(account, lists);
    const queue = new ToDeviceQueue(database, server, clock);
    const repairs = new Repairs(database, channels, lists, own, queue, clock);
    const keys = new RoomKeys(database, account.sealingKey);
    const requests = new KeyRequests(
      ...[database, account, channels, lists, own, keys, queue, clock] as const,
    );
    const inbox = new ToDeviceInbox(channels, lists, requests);
    const encryption = new RoomEncryption(
      ...[database, channels, lists, own, keys, queue, clock] as const,
      options.takesUnsigned ?? (() => false),
      options.moreStores ?? [],
    );
    const decryption = new RoomDecryption(database, keys, lists);
    return new CryptoMachine(
      ...[account, lists, keys, requests, oneTimeKeys, channels, own, repairs, queue] as const,
      ...[inbox, encryption, decryption, database, changed] as const,
    );
  }

  /**
   * Takes in a sync: first all cryptography, then `commit`, which stores `write` (on all of
   * `cryptoStores`) together with the rest of the sync and its token. When it rejects, nothing has
   * happened, and the same sync may come again.
   */
  receive(
    sync: CryptoSync,
    commit: (news: CryptoNews, write: Write) => Promise<void>,
  ): Promise<CryptoNews> {
    return this.channels.batch(ToDeviceInbox.senderKeys(sync.toDevice), (olm) => {
      return this.keys.batch(async (keys) => {
        const inbox = await this.inbox.read(sync.toDevice, olm, keys);
        const { outcomes, write } = await this.decryption.prepare(sync.events, keys);
        const news = { outcomes, sessions: keys.added, toDevice: inbox.others };
        await commit(news, async (tx: CryptoTransaction) => {
          olm.write(tx);
          keys.write(tx);
          write(tx);
          await this.requests.cancel(tx, keys.added);
          await this.lists.note(tx, sync.changedUsers, sync.leftUsers);
          // Ourselves from the first sync on: our identity is to be known before it can change.
          const writers = sync.events.map(({ sender }) => sender);
          await this.lists.follow(tx, [this.account.userID, ...inbox.senders, ...writers]);
          for (const roomID of sync.departures) await this.encryption.end(tx, roomID);
          for (const [key, userID] of inbox.reopened) {
            await this.encryption.noteLost(tx, userID, key);
          }
          for (const [key, userID] of inbox.unreadable) await this.repairs.note(tx, userID, key);
        }).finally(() => this.lists.forget());
        this.oneTimeKeys.note(sync.counts);
        return news;
      });
    });
  }

  /**
   * Does all that waits for the server: uploads keys, refreshes lists, repairs sessions, sends what
   * is due. After each sync, and again later when it rejects.
   */
  work(): Promise<void> {
    return this.#working.run(["all"], () => this.#work());
  }

  async #work(): Promise<void> {
    await this.oneTimeKeys.upload();
    await this.lists.refreshOutdated();
    await this.repairs.run();
    await this.requests.answer();
    const changed = this.changed.splice(0);
    await this.encryption.payDebts(this.#isNew ? "all" : new Set(changed)).catch((error) => {
      this.changed.push(...changed);
      throw error;
    });
    this.#isNew = false;
    await this.queue.flush();
  }

  /**
   * The content of the `m.room.encrypted` event to send, once `deliver` has resolved.
   *
   * - Parameter store: Stores it in the transaction that stores the advanced session. What was
   *   stored so is sent as it is, however often it takes, and never encrypted again.
   * - Throws: When our server does not answer; then nothing has happened.
   */
  encrypt(
    room: EncryptedRoom,
    type: string,
    content: JsonObject,
    store?: (tx: CryptoTransaction, content: EncryptedContent) => Promise<void>,
  ): Promise<EncryptedContent> {
    return this.encryption.encrypt(room, type, content, store);
  }

  /** Sends the keys that were made, before what they open. Rejects when the server is away. */
  deliver(): Promise<void> {
    return this.queue.flush();
  }

  /** Reads events that came by other ways than a sync, or could not be read before. */
  decrypt(events: readonly EncryptedEvent[]): Promise<readonly Outcome[]> {
    return this.decryption.decrypt(events);
  }

  /**
   * Sends a to-device event by Olm to the given devices. What has neither a session nor a one-time
   * key gets nothing.
   */
  async sendToDevices(
    devices: readonly { readonly userID: UserID; readonly deviceID: DeviceID }[],
    type: string,
    content: JsonObject,
  ): Promise<void> {
    const lists = await this.lists.devicesOf([...new Set(devices.map(({ userID }) => userID))]);
    const found = devices.flatMap(({ userID, deviceID }) => {
      return lists.get(userID)?.find((device) => device.deviceID === deviceID) ?? [];
    });
    const claimed = await this.channels.claim(await this.channels.withoutSession(found));
    const deviceKeys = await this.own.current();
    await this.channels.batch(found.map((device) => device.curve25519), async (olm) => {
      const messages = await Promise.all(found.map((device) => {
        return olm.encrypt(device, deviceKeys, type, content, claimed.get(device.ed25519));
      }));
      await this.database.write(["olmSessions", "oneTimeKeys", "toDeviceQueue"], async (tx) => {
        olm.write(tx);
        await this.queue.add(tx, messages.filter((message) => message !== undefined));
      });
    });
    await this.queue.flush();
  }

  /**
   * Takes keys from a backup, a file or a bundle. Those that are no better than what is known, or
   * not what they say, are left.
   *
   * - Returns: The sessions that can be read now, or further back than before.
   */
  importKeys(
    keys: readonly ExportedRoomKey[],
    source: Extract<KeySource, "backup" | "file" | "bundle">,
    givenBy?: UserID,
  ): Promise<readonly SessionName[]> {
    return this.keys.batch(async (batch) => {
      for (const exported of keys) {
        try {
          const key = readExportedKey(exported.sessionKey);
          if (encodeBase64(key.signingKey) !== exported.sessionID) continue;
          await batch.add({
            roomID: exported.roomID,
            key,
            source,
            ...(givenBy === undefined ? {} : { givenBy }),
            senderKey: exported.senderKey,
            claimedEd25519: exported.senderClaimedEd25519 ?? "",
            forwardingChain: exported.forwardingChain,
            isShareable: exported.isShareable || source === "bundle",
          });
        } catch (error) {
          if (!(error instanceof CryptoError)) throw error;
        }
      }
      const stores = ["roomKeys", "withheld", "keyRequests", "toDeviceQueue"] as const;
      await this.database.write(stores, async (tx) => {
        batch.write(tx);
        await this.requests.cancel(tx, batch.added);
      });
      return batch.added;
    });
  }
}
