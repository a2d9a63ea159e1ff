import type { Database, Layout } from "../../platform/Database.ts";
import type { JsonObject } from "../../platform/json.ts";
import { stringIn } from "../../platform/json.ts";
import type { Clock } from "../../platform/Clock.ts";
import { MemoryDatabase } from "../../platform/MemoryDatabase.ts";
import { CryptoMachine, type CryptoNews } from "../CryptoMachine.ts";
import type { KeyServer } from "../KeyServer.ts";
import { restoreOutbound, sharedKeyOf } from "../megolm/OutboundGroupSession.ts";
import type { DeviceID, EventID, RoomID, UserID } from "../names.ts";
import { readCryptoSync } from "../readSync.ts";
import { readersOf } from "../rooms/outbound.ts";
import type { EncryptedEvent, Outcome } from "../rooms/RoomDecryption.ts";
import { exported, type ExportedRoomKey } from "../rooms/exportedKeys.ts";
import {
  type CryptoDatabase,
  cryptoLayout,
  type CryptoStores,
  cryptoStores,
} from "../storage/stores.ts";
import type { MemoryHomeserver, RoomEvent } from "./MemoryHomeserver.ts";
import { testIdentities } from "./TestIdentities.ts";

export type ClientStores = CryptoStores & {
  clientToken: { readonly name: "token"; readonly value: number };
  clientMembers: { readonly roomID: RoomID; readonly userID: UserID; readonly membership: string };
  clientEvents: EncryptedEvent & { readonly outcome: Outcome };
  clientQueue: {
    readonly txnID: string;
    readonly roomID: RoomID;
    readonly content: JsonObject;
  };
};

export const clientLayout: Layout<ClientStores> = {
  ...cryptoLayout,
  clientToken: { key: "name" },
  clientMembers: { key: ["roomID", "userID"] },
  clientEvents: { key: "eventID" },
  clientQueue: { key: "txnID" },
};
const clientStores = ["clientToken", "clientMembers", "clientEvents", "clientQueue"] as const;
const allStores = [...cryptoStores, ...clientStores] as readonly (keyof ClientStores)[];

/** A database that is there again after a crash. */
export type Disk = {
  readonly database: Database<ClientStores>;
  /** The same data, after `database` was closed. */
  reopened(): Promise<Disk>;
};

function memoryDisk(database: MemoryDatabase<ClientStores>): Disk {
  return { database, reopened: () => Promise.resolve(memoryDisk(database.reopened())) };
}

/**
 * How the network and the disk behave: called before and after each request, and before each
 * transaction that writes; what it throws is what goes wrong.
 */
export type Weather = (place: "network" | "disk") => void;

/** A message as it was written, and who was to be able to read it. */
export type Said = {
  readonly text: string;
  readonly sender: UserID;
  readonly roomID: RoomID;
  readonly readers: readonly UserID[];
};

/**
 * A client with one device and a database, for tests: as little of a client as there can be around
 * the real cryptography. Everything goes through its database, so that it can crash at any time.
 */
export class TestDevice {
  /** Whether this one hands its room keys to the account's backup, and takes them from there. */
  hasBackup = false;
  #judgeAnew: Set<UserID>;

  private constructor(
    readonly machine: CryptoMachine,
    readonly userID: UserID,
    readonly deviceID: DeviceID,
    private readonly server: MemoryHomeserver,
    private readonly clock: Clock,
    private readonly disk: Disk,
    private readonly weather: Weather,
    judgeAnew: Set<UserID>,
  ) {
    this.#judgeAnew = judgeAnew;
  }

  /** Signs in, and publishes the device's keys. */
  static async signIn(
    server: MemoryHomeserver,
    clock: Clock,
    userID: UserID,
    deviceID: DeviceID,
    weather: Weather = () => {},
    disk: Disk = memoryDisk(new MemoryDatabase<ClientStores>(clientLayout)),
  ): Promise<TestDevice> {
    server.signIn(userID, deviceID);
    return await TestDevice.#on(disk, server, clock, userID, deviceID, weather);
  }

  static async #on(
    disk: Disk,
    server: MemoryHomeserver,
    clock: Clock,
    userID: UserID,
    deviceID: DeviceID,
    weather: Weather,
  ): Promise<TestDevice> {
    const judgeAnew = new Set<UserID>();
    const machine = await CryptoMachine.open({
      onDevices: (userIDs) => userIDs.forEach((userID) => judgeAnew.add(userID)),
      ...{ clock, userID, deviceID, identities: testIdentities, moreStores: clientStores },
      database: onDisk(disk.database, weather),
      server: outside(server.keyServer(userID, deviceID), weather),
    });
    return new TestDevice(machine, userID, deviceID, server, clock, disk, weather, judgeAnew);
  }

  private get database(): Database<ClientStores> {
    return this.disk.database;
  }

  /** What it is doing fails at its next step with the database; another goes on with what is stored. */
  async crash(): Promise<TestDevice> {
    this.database.close();
    const { server, clock, userID, deviceID, weather } = this;
    const disk = await this.disk.reopened();
    const next = await TestDevice.#on(
      ...[disk, server, clock, userID, deviceID, weather] as const,
    );
    next.hasBackup = this.hasBackup;
    return next;
  }

  /** The database as it is now, to go back to: what a device restored from a copy has. */
  async restoredFrom(earlier: TestDevice): Promise<TestDevice> {
    const { server, clock, userID, deviceID, weather } = this;
    this.database.close();
    const disk = await earlier.disk.reopened();
    return await TestDevice.#on(
      ...[disk, server, clock, userID, deviceID, weather] as const,
    );
  }

  /** One sync, and all that follows from it. */
  async sync(): Promise<CryptoNews> {
    const since = await this.#token();
    this.weather("network");
    const answer = this.server.sync(this.userID, this.deviceID, since);
    this.weather("network");
    const encrypted = answer.events.filter((event) => event.type === "m.room.encrypted");
    const members = answer.events.filter((event) => event.type === "m.room.member");
    const news = await this.machine.receive({
      ...readCryptoSync(answer.raw),
      events: encrypted,
      departures: members.filter((event) => event.content["membership"] === "leave")
        .map((event) => event.roomID),
    }, async ({ outcomes }, write) => {
      this.weather("disk");
      await this.database.write(allStores, async (tx) => {
        await write(tx);
        for (const [index, event] of encrypted.entries()) {
          tx.put("clientEvents", { ...asEncrypted(event), outcome: outcomes[index] ?? lost });
        }
        for (const { roomID, stateKey, content } of members) {
          const membership = stringIn(content, "membership") ?? "leave";
          tx.put("clientMembers", { roomID, userID: stateKey ?? "", membership });
        }
        tx.put("clientToken", { name: "token", value: answer.nextBatch });
      });
    });
    await this.work();
    return news;
  }

  /** Whether the server has something for it that it has not taken in. */
  async isBehind(): Promise<boolean> {
    return this.server.hasWaiting(this.userID, this.deviceID, await this.#token());
  }

  /** What a client does after each sync. Fails when the network does. */
  async work(): Promise<void> {
    await this.machine.work();
    await this.#sendQueued();
    if (this.hasBackup) await this.#backUp();
    await this.#retry();
  }

  /** Encrypts and stores; then sends, or fails and sends at the next `work`. */
  async say(
    roomID: RoomID,
    text: string,
    onStored: (said: Said) => void = () => {},
  ): Promise<void> {
    const readers = await this.membersOf(roomID);
    const room = { roomID, readers, isHistoryShared: true };
    const said = { text, sender: this.userID, roomID, readers };
    await this.machine.encrypt(room, "m.room.message", { body: text }, (tx, content) => {
      (tx as never as { put(store: string, record: object): void })
        .put("clientQueue", { txnID: text, roomID, content });
      return Promise.resolve();
    });
    onStored(said);
    await this.#sendQueued();
  }

  /** Who may read what is written now, as far as this device has heard. */
  async membersOf(roomID: RoomID): Promise<UserID[]> {
    const members = await this.database.read(["clientMembers"], (tx) => {
      return tx.getAll("clientMembers", { lower: [roomID], upper: [roomID, []] });
    });
    return readersOf(members, "shared");
  }

  /** What it can read, by event. */
  async read(): Promise<ReadonlyMap<EventID, string>> {
    const events = await this.#events();
    return new Map(events.flatMap(({ eventID, outcome }) => {
      return outcome.kind === "readable" ? [[eventID, String(outcome.content["body"])]] : [];
    }));
  }

  async texts(): Promise<string[]> {
    return [...(await this.read()).values()];
  }

  /** Why it cannot read what it cannot. */
  async reasons(): Promise<ReadonlyMap<EventID, string>> {
    const events = await this.#events();
    return new Map(events.flatMap(({ eventID, outcome }) => {
      if (outcome.kind === "readable") return [];
      const { reason } = outcome;
      return [[eventID, reason.kind === "withheld" ? reason.code : reason.kind]];
    }));
  }

  async outcomeOf(text: string): Promise<Outcome | undefined> {
    return (await this.#events()).find(({ outcome }) => {
      return outcome.kind === "readable" && outcome.content["body"] === text;
    })?.outcome;
  }

  /** What it would hand to a new reader now, as `m.room_key` says it. */
  async sharedKey(roomID: RoomID): Promise<string> {
    const record = await this.database.read(["outboundSessions"], (tx) => {
      return tx.get("outboundSessions", roomID);
    });
    if (record === undefined) throw new Error("no session in that room");
    return await sharedKeyOf(await restoreOutbound(record, this.machine.account.sealingKey));
  }

  /** All of it, as anybody would have it who copied the database; keys of the browser left out. */
  async stored(): Promise<string> {
    const everything = await this.database.read(allStores, (tx) => {
      return Promise.all(cryptoStores.map((store) => tx.getAll(store)));
    });
    return JSON.stringify(everything, (_, value) => value instanceof Map ? [...value] : value);
  }

  /** Every key object in the database, as the browser keeps it. */
  async storedKeys(): Promise<CryptoKey[]> {
    const everything = await this.database.read(allStores, (tx) => {
      return Promise.all(cryptoStores.map((store) => tx.getAll(store)));
    });
    return keysIn(everything);
  }

  async #sendQueued(): Promise<void> {
    const queued = await this.database.read(["clientQueue"], (tx) => tx.getAll("clientQueue"));
    if (queued.length === 0) return;
    await this.machine.deliver();
    for (const { txnID, roomID, content } of queued) {
      this.weather("network");
      this.server.send(roomID, this.userID, "m.room.encrypted", content, txnID);
      this.weather("network");
      await this.database.write(["clientQueue"], (tx) => {
        tx.delete("clientQueue", txnID);
        return Promise.resolve();
      });
    }
  }

  async #backUp(): Promise<void> {
    const sessions = await this.machine.keys.waitingForBackup(50);
    this.weather("network");
    this.server.backUp(
      this.userID,
      sessions.map((session) => ({
        name: `${session.record.roomID} ${session.record.id} ${session.session.firstIndex}`,
        key: exported(session),
      })),
    );
    this.weather("network");
    await this.machine.keys.markBackedUp(sessions.map(({ record }) => ({
      ...{ roomID: record.roomID, sessionID: record.id, firstIndex: record.firstIndex },
    })));
  }

  /** Tries again what could not be read, with the backup's help and that of our other devices. */
  async #retry(): Promise<void> {
    const unread = (await this.#events()).filter(({ outcome, sender }) => {
      return outcome.kind === "unreadable" || this.#judgeAnew.has(sender);
    });
    this.#judgeAnew.clear();
    if (unread.length === 0) return;
    if (this.hasBackup) {
      const keys = this.server.backupOf(this.userID) as readonly ExportedRoomKey[];
      await this.machine.importKeys(keys, "backup");
    }
    const outcomes = await this.machine.decrypt(unread);
    await this.database.write(["clientEvents"], (tx) => {
      unread.forEach((event, index) => {
        tx.put("clientEvents", { ...event, outcome: outcomes[index] ?? lost });
      });
      return Promise.resolve();
    });
    await this.machine.requests.ask(unread.flatMap(({ roomID }, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind !== "unreadable" || outcome.sessionID === undefined) return [];
      return [{ roomID, sessionID: outcome.sessionID }];
    }));
    await this.machine.deliver();
  }

  #events() {
    return this.database.read(["clientEvents"], (tx) => tx.getAll("clientEvents"));
  }

  async #token(): Promise<number> {
    const record = await this.database.read(
      ["clientToken"],
      (tx) => tx.get("clientToken", "token"),
    );
    return record?.value ?? 0;
  }
}

const lost: Outcome = { kind: "unreadable", reason: { kind: "missing" } };

function keysIn(value: unknown): CryptoKey[] {
  if (value instanceof CryptoKey) return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return [...value instanceof Map ? value.values() : Object.values(value)].flatMap(keysIn);
}

function asEncrypted({ eventID, roomID, sender, ts, content }: RoomEvent): EncryptedEvent {
  return { eventID, roomID, sender, ts, content };
}

function onDisk(database: CryptoDatabase, weather: Weather): CryptoDatabase {
  return {
    read: (stores, work) => database.read(stores, work),
    write: async (stores, work) => {
      weather("disk");
      return await database.write(stores, work);
    },
    close: () => database.close(),
  };
}

/** The same endpoints through the weather: a request may be lost, and an answer too. */
function outside(server: KeyServer, weather: Weather): KeyServer {
  const through = async <T>(ask: () => Promise<T>): Promise<T> => {
    weather("network");
    const answer = await ask();
    weather("network");
    return answer;
  };
  return {
    upload: (body) => through(() => server.upload(body)),
    query: (userIDs) => through(() => server.query(userIDs)),
    claim: (devices) => through(() => server.claim(devices)),
    sendToDevice: (...message) => through(() => server.sendToDevice(...message)),
  };
}
