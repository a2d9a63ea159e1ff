import { CryptoMachine } from "../../crypto/CryptoMachine.ts";
import type { PinnedIdentities } from "../../crypto/crosssigning/PinnedIdentities.ts";
import { CryptoError } from "../../crypto/primitives/CryptoError.ts";
import { type EncryptedRoom, readersOf } from "../../crypto/rooms/outbound.ts";
import type { EncryptedEvent } from "../../crypto/rooms/RoomDecryption.ts";
import type { SessionName } from "../../crypto/rooms/RoomKeys.ts";
import { cryptoStores, type CryptoTransaction } from "../../crypto/storage/stores.ts";
import type { ReceivedToDevice } from "../../crypto/todevice/ToDeviceInbox.ts";
import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { integerIn, type JsonObject, optional, stringIn } from "../api/json.ts";
import { Failure, type RoomID, type UserID } from "../contract.ts";
import type { Members } from "../rooms/Members.ts";
import type { Sealing } from "../sending/SendQueue.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { AccountTransaction } from "../storage/layout.ts";
import type { RoomRecord } from "../storage/records.ts";
import type { MoreWrites, SyncChange } from "../sync/applySync.ts";
import type { JoinedPart, SyncAnswer } from "../sync/SyncAnswer.ts";
import type { ReaderParts } from "./EventReader.ts";
import { EventReader } from "./EventReader.ts";
import { HomeserverKeys } from "./HomeserverKeys.ts";
import { Loop } from "./Loop.ts";
import { asEncrypted, isEncrypted } from "./plainForm.ts";

export type EncryptionParts = {
  readonly self: UserID;
  readonly deviceID: string;
  readonly database: AccountDatabase;
  readonly server: Homeserver;
  readonly clock: Clock;
  readonly members: Members;
  readonly identities: PinnedIdentities;
  readonly room: (id: RoomID) => RoomRecord | undefined;
  /** Called with a room as it was stored. */
  readonly stored: (room: RoomRecord) => void;
};

/** What others of the engine do when something happens here. */
export type EncryptionListener = {
  /** Messages of these rooms can be read now that could not be. */
  readonly onReadable: (rooms: ReadonlySet<RoomID>) => void;
  readonly onMissing: (sessions: readonly SessionName[]) => void;
  readonly why: ReaderParts["why"];
  /** The devices and identities of these people were judged anew. */
  readonly onPeople: (userIDs: readonly UserID[]) => void;
  /** Part of each round of work, when the machine has done its own. */
  readonly work: () => Promise<void>;
  /** This device has a key that the backup may lack. */
  readonly onNewKeys: () => void;
};

/** More encrypted events in one sync are left until somebody looks at them. */
const maxAtOnce = 500;
/** But for the newest of each room, one of which is shown in the list of rooms. */
const newestOfRoom = 3;

/** All that the rest of the engine needs of the cryptography of one account. */
export class Encryption implements Sealing {
  /** Whether the server knows keys of devices. Undefined: not known yet. */
  readonly isOn = new Cell<boolean | undefined>(undefined);
  readonly writesToUnconfirmed = new Cell(false);
  readonly reader: EventReader;
  readonly #loop: Loop;
  /** Rooms of which the server said that they are encrypted, before sync did. */
  readonly #encrypted = new Set<RoomID>();
  #machine!: CryptoMachine;
  #listener!: EncryptionListener;

  private constructor(private readonly parts: EncryptionParts) {
    this.reader = new EventReader({
      isOn: () => this.isOn.get() !== false,
      decrypt: (events) => this.#machine.decrypt(events),
      onMissing: (sessions) => this.#listener.onMissing(sessions),
      why: (reason, event) => this.#listener.why(reason, event),
    });
    this.#loop = new Loop(parts.clock, () => this.#work());
  }

  static async open(parts: EncryptionParts): Promise<Encryption> {
    const encryption = new Encryption(parts);
    const { database, server, clock, self, deviceID, identities } = parts;
    encryption.#machine = await CryptoMachine.open({
      database: database.forCryptography,
      moreStores: ["queue"],
      server: new HomeserverKeys(server),
      identities,
      clock,
      userID: self,
      deviceID,
      takesUnsigned: () => encryption.writesToUnconfirmed.get(),
      onDevices: (userIDs) => encryption.#listener.onPeople(userIDs),
    });
    return encryption;
  }

  get machine(): CryptoMachine {
    return this.#machine;
  }

  /** To be called before anything else. */
  listen(listener: EncryptionListener): void {
    this.#listener = listener;
  }

  /** There is something to send, to ask or to make. Does not wait for it. */
  nudge(): void {
    if (this.isOn.get() !== false) this.#loop.nudge();
  }

  retryNow(): void {
    this.#loop.retryNow();
  }

  stop(): void {
    this.#loop.stop();
  }

  /**
   * Does all the cryptography of a sync, and then has `store` store it together with the answer.
   *
   * - Returns: What `store` gave, and to-device events that are the business of others.
   */
  async receive(
    answer: SyncAnswer,
    store: (more: MoreWrites | undefined) => Promise<SyncChange>,
  ): Promise<{ change: SyncChange; toDevice: readonly ReceivedToDevice[] }> {
    if (this.isOn.get() === false) return { change: await store(undefined), toDevice: [] };
    const events = toRead(answer);
    const departures = answer.joined.filter(mayHaveLost).map(({ roomID }) => roomID);
    let change: SyncChange | undefined;
    const sync = { ...answer.keys, departures, events };
    const news = await this.#machine.receive(sync, async ({ outcomes }, write) => {
      this.reader.keep(events, outcomes);
      change = await store({
        stores: cryptoStores,
        write: (tx) => write(tx as unknown as CryptoTransaction),
      });
    });
    if (change === undefined) throw new Error("nothing was stored");
    this.became(news.sessions);
    return { change, toDevice: news.toDevice };
  }

  /** These can be read now. */
  became(sessions: readonly SessionName[]): void {
    if (sessions.length === 0) return;
    this.#listener.onReadable(new Set(sessions.map(({ roomID }) => roomID)));
    this.#listener.onNewKeys();
  }

  /** Forgets nothing but how new the lists of devices are: the token that told of changes is lost. */
  async startOver(tx: AccountTransaction): Promise<void> {
    await this.#machine.lists.noteAllOutdated(tx as unknown as CryptoTransaction);
  }

  // For the send queue.

  async isEncrypted(roomID: RoomID, asksServer = false): Promise<boolean> {
    const room = this.parts.room(roomID);
    if (room?.facts.isEncrypted === true || this.#encrypted.has(roomID)) return true;
    if (room !== undefined && !asksServer) return false;
    try {
      await this.parts.server.get(path`/v3/rooms/${roomID}/state/m.room.encryption`);
    } catch (error) {
      const status = error instanceof Failure ? error.details.status : undefined;
      if (status === 403 || status === 404) return false;
      throw error;
    }
    this.#encrypted.add(roomID);
    return true;
  }

  async seal(
    roomID: RoomID,
    type: string,
    content: JsonObject,
    store: (tx: AccountTransaction, sealed: JsonObject) => Promise<void>,
  ): Promise<JsonObject> {
    if (this.isOn.get() === false) {
      throw new Failure("ENCRYPTED", "The server keeps no keys to encrypt for.");
    }
    if (this.isOn.get() === undefined) throw new Failure("OFFLINE", "No keys are published yet.");
    const room = await this.#encryptedRoom(roomID);
    try {
      return await this.#machine.encrypt(room, type, content, (tx, sealed) => {
        return store(tx as unknown as AccountTransaction, sealed);
      });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new Failure("INTERNAL", error.message);
    }
  }

  async deliver(): Promise<void> {
    await this.#machine.deliver();
    this.#listener.onNewKeys();
  }

  async #encryptedRoom(roomID: RoomID): Promise<EncryptedRoom> {
    const { database, members, stored } = this.parts;
    let room = this.parts.room(roomID);
    if (room !== undefined && !room.hasAllMembers) {
      room = await members.fetchAll(roomID);
      if (room !== undefined) stored(room);
    }
    // Made a moment ago: sync brings it.
    if (room === undefined) throw new Failure("OFFLINE", "This room is not known yet.");
    const all = await members.all(roomID);
    const { historyVisibility } = room.facts;
    const readers = readersOf(all, historyVisibility);
    await this.#refuseChanged(readers);
    const state = await database.read(["state"], (tx) => {
      return tx.get("state", [roomID, "m.room.encryption", ""]);
    });
    return {
      roomID,
      readers,
      isHistoryShared: historyVisibility === "shared" || historyVisibility === "world_readable",
      ...optional("rotationPeriodMS", integerIn(state?.content, "rotation_period_ms")),
      ...optional("rotationPeriodMessages", integerIn(state?.content, "rotation_period_msgs")),
    };
  }

  /** The person answers first whether somebody is still who they were. */
  async #refuseChanged(readers: readonly UserID[]): Promise<void> {
    const lists = await this.#machine.lists.devicesOf(readers);
    for (const [userID, devices] of lists) {
      if (userID === this.parts.self || !devices.some(({ trust }) => trust === "changed")) continue;
      throw new Failure("IDENTITY_CHANGED", "Somebody's identity has changed.");
    }
  }

  // Work.

  async #work(): Promise<void> {
    try {
      await this.#machine.work();
    } catch (error) {
      if (!await this.#isWithoutKeys(error)) throw error;
      return await this.#setOn(false);
    }
    await this.#setOn(true);
    await this.#listener.work();
  }

  async #isWithoutKeys(error: unknown): Promise<boolean> {
    const isUnknown = error instanceof Failure &&
      (error.details.status === 404 || error.code === "M_UNRECOGNIZED");
    const database = this.parts.database.forCryptography;
    return isUnknown && !await this.#machine.account.isPublished(database);
  }

  async #setOn(value: boolean): Promise<void> {
    if (this.isOn.get() === value) return;
    await this.parts.database.write(["meta"], (tx) => {
      return Promise.resolve(tx.put("meta", { name: "encryption", value }));
    });
    this.isOn.set(value);
  }
}

function toRead(answer: SyncAnswer): EncryptedEvent[] {
  const byRoom = answer.joined.map(({ timeline }) => timeline.filter(isEncrypted));
  const total = byRoom.reduce((sum, { length }) => sum + length, 0);
  return byRoom.flatMap((events) => total > maxAtOnce ? events.slice(-newestOfRoom) : events)
    .map(asEncrypted);
}

/** Whether somebody may be gone who was here: whose going a gap hides is told nowhere. */
function mayHaveLost({ isLimited, state, timeline }: JoinedPart): boolean {
  return isLimited || [...state, ...timeline].some((event) => {
    if (event.type !== "m.room.member" || event.stateKey === undefined) return false;
    const membership = stringIn(event.content, "membership");
    return membership === "leave" || membership === "ban";
  });
}
