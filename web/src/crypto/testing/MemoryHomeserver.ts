import { entriesIn, field, type JsonObject, objectIn, stringIn } from "../../platform/json.ts";
import type { KeyServer } from "../KeyServer.ts";
import type { DeviceID, EventID, RoomID, UserID } from "../names.ts";
import type { ToDeviceMessages } from "../storage/stores.ts";
import type { TestIdentity } from "./TestIdentities.ts";

export type RoomEvent = {
  readonly position: number;
  readonly eventID: EventID;
  readonly roomID: RoomID;
  readonly sender: UserID;
  readonly ts: number;
  readonly type: string;
  readonly stateKey?: string;
  readonly content: JsonObject;
};

/** What a sync gives: the part for the cryptography as it is on the wire, and the rooms' events. */
export type SyncAnswer = {
  readonly nextBatch: number;
  readonly raw: JsonObject;
  readonly events: readonly RoomEvent[];
};

type ServerDevice = {
  keys?: JsonObject;
  oneTime: Map<string, unknown>;
  fallback?: { readonly id: string; readonly key: unknown; isUsed: boolean };
  inbox: { readonly position: number; readonly event: JsonObject }[];
};

/**
 * The key and room parts of a homeserver, in memory, for the tests of the cryptography: one
 * position for everything, one-time keys given once, to-device events kept until a later token is
 * shown, and each transaction taken once.
 */
export class MemoryHomeserver {
  readonly events: RoomEvent[] = [];
  /** Every to-device event that anybody sent, in order. */
  readonly sent: { readonly type: string; readonly content: JsonObject }[] = [];
  #position = 0;
  #devices = new Map<UserID, Map<DeviceID, ServerDevice>>();
  #identities = new Map<UserID, TestIdentity>();
  #changes = new Map<UserID, number>();
  #transactions = new Set<string>();
  #eventTransactions = new Map<string, EventID>();
  #members = new Map<RoomID, Map<UserID, string>>();
  #backups = new Map<UserID, Map<string, unknown>>();

  constructor(private readonly now: () => number) {}

  // Accounts and devices.

  signUp(identity: TestIdentity): void {
    this.#identities.set(identity.userID, identity);
    this.#devices.set(identity.userID, new Map());
  }

  signIn(userID: UserID, deviceID: DeviceID): void {
    const device = { oneTime: new Map(), inbox: [] };
    this.#devices.get(userID)?.set(deviceID, device);
  }

  signOut(userID: UserID, deviceID: DeviceID): void {
    this.#devices.get(userID)?.delete(deviceID);
    this.#changed(userID);
  }

  /** The owner signs a device that has published its keys. */
  async signDevice(userID: UserID, deviceID: DeviceID): Promise<void> {
    const device = this.#device(userID, deviceID);
    const identity = this.#identities.get(userID);
    if (device.keys === undefined || identity === undefined) throw new Error("nothing to sign");
    const signature = await identity.signatureOf(device.keys);
    const own = objectIn(field(device.keys, "signatures"), userID);
    device.keys = { ...device.keys, signatures: { [userID]: { ...own, ...signature } } };
    this.#changed(userID);
  }

  /** Somebody's identity is another from now on: begun anew, or put there by the server. */
  replaceIdentity(identity: TestIdentity): void {
    this.#identities.set(identity.userID, identity);
    this.#changed(identity.userID);
  }

  /** What a server that lies does to a device. */
  tamper(userID: UserID, deviceID: DeviceID, keys: JsonObject): void {
    const devices = this.#devices.get(userID) ?? new Map<DeviceID, ServerDevice>();
    const device = devices.get(deviceID) ?? { oneTime: new Map(), inbox: [] };
    devices.set(deviceID, { ...device, keys });
    this.#changed(userID);
  }

  dropOneTimeKeys(userID: UserID, deviceID: DeviceID): void {
    const device = this.#device(userID, deviceID);
    device.oneTime.clear();
    delete device.fallback;
  }

  /** The endpoints as one device reaches them. */
  keyServer(userID: UserID, deviceID: DeviceID): KeyServer {
    return {
      upload: (body) => settle(() => this.#upload(userID, deviceID, body)),
      query: (userIDs) => settle(() => this.#query(userIDs)),
      claim: (devices) => settle(() => this.#claim(devices)),
      sendToDevice: (type, txnID, messages) =>
        settle(() => {
          if (!this.#transactions.has(`${userID} ${deviceID} ${txnID}`)) {
            this.#transactions.add(`${userID} ${deviceID} ${txnID}`);
            this.#deliver(userID, type, messages);
          }
          return "sent";
        }),
    };
  }

  /** Puts an event into somebody's device as if it had been sent to it. */
  inject(to: UserID, deviceID: DeviceID, event: JsonObject): void {
    this.#device(to, deviceID).inbox.push({ position: ++this.#position, event });
  }

  /** Whether something waits for a device that it has not seen up to `since`. */
  hasWaiting(userID: UserID, deviceID: DeviceID, since: number): boolean {
    return this.#device(userID, deviceID).inbox.some(({ position }) => position > since);
  }

  // Rooms.

  membersOf(roomID: RoomID): ReadonlyMap<UserID, string> {
    return this.#members.get(roomID) ?? new Map();
  }

  setMembership(roomID: RoomID, userID: UserID, membership: string): void {
    const members = this.#members.get(roomID) ?? new Map<UserID, string>();
    const before = this.#followers(userID);
    this.#members.set(roomID, members.set(userID, membership));
    this.#append(roomID, userID, "m.room.member", { membership }, userID);
    // Both sides learn of each other when they come to share a room.
    for (const other of this.#followers(userID)) {
      if (before.has(other)) continue;
      this.#changed(other);
      this.#changed(userID);
    }
  }

  /** Takes an event once for each transaction. */
  send(roomID: RoomID, sender: UserID, type: string, content: JsonObject, txnID: string): EventID {
    const key = `${sender} ${txnID}`;
    const known = this.#eventTransactions.get(key);
    if (known !== undefined) return known;
    const eventID = this.#append(roomID, sender, type, content);
    this.#eventTransactions.set(key, eventID);
    return eventID;
  }

  /** Whether somebody was in the room, or invited, when that event came to it. */
  wasInRoom(userID: UserID, sender: UserID, txnID: string): boolean {
    const eventID = this.#eventTransactions.get(`${sender} ${txnID}`);
    const index = this.events.findIndex((event) => event.eventID === eventID);
    const { roomID } = this.events[index] ?? {};
    const last = this.events.slice(0, Math.max(index, 0)).findLast((event) => {
      return event.roomID === roomID && event.stateKey === userID;
    });
    return isIn(stringIn(last?.content, "membership"));
  }

  // Backup, in the clear: only that it is complete is of interest here.

  backUp(userID: UserID, keys: readonly { readonly name: string; readonly key: unknown }[]): void {
    const backup = this.#backups.get(userID) ?? new Map<string, unknown>();
    for (const { name, key } of keys) backup.set(name, key);
    this.#backups.set(userID, backup);
  }

  backupOf(userID: UserID): readonly unknown[] {
    return [...this.#backups.get(userID)?.values() ?? []];
  }

  // Sync.

  sync(userID: UserID, deviceID: DeviceID, since: number): SyncAnswer {
    const device = this.#device(userID, deviceID);
    device.inbox = device.inbox.filter((entry) => entry.position > since);
    const visible = this.events.filter((event) => {
      return event.position > since && this.#maySee(userID, event);
    });
    const followed = this.#followers(userID);
    const changed = [...this.#changes].filter(([other, position]) => {
      return position > since && (followed.has(other) || other === userID);
    }).map(([other]) => other);
    return {
      nextBatch: this.#position,
      events: visible,
      raw: {
        to_device: { events: device.inbox.map((entry) => entry.event) },
        device_lists: { changed, left: [] },
        device_one_time_keys_count: { signed_curve25519: device.oneTime.size },
        device_unused_fallback_key_types: device.fallback?.isUsed === false
          ? ["signed_curve25519"]
          : [],
      },
    };
  }

  /** Nobody here is kept from seeing ciphertexts: what is tested is who can read them. */
  #maySee(userID: UserID, event: RoomEvent): boolean {
    return this.membersOf(event.roomID).has(userID);
  }

  #followers(userID: UserID): Set<UserID> {
    const rooms = [...this.#members.values()].filter((members) => isIn(members.get(userID)));
    return new Set(rooms.flatMap((members) => {
      return [...members].filter(([, membership]) => isIn(membership)).map(([other]) => other);
    }));
  }

  #append(roomID: RoomID, sender: UserID, type: string, content: JsonObject, stateKey?: string) {
    const position = ++this.#position;
    const eventID = `$${position}`;
    this.events.push({
      ...{ position, eventID, roomID, sender, type, content, ts: this.now() },
      ...(stateKey === undefined ? {} : { stateKey }),
    });
    return eventID;
  }

  #device(userID: UserID, deviceID: DeviceID): ServerDevice {
    const device = this.#devices.get(userID)?.get(deviceID);
    if (device === undefined) throw new Error(`M_UNKNOWN_TOKEN: ${userID} ${deviceID}`);
    return device;
  }

  #changed(userID: UserID): void {
    this.#changes.set(userID, ++this.#position);
  }

  #upload(userID: UserID, deviceID: DeviceID, body: object): JsonObject {
    const device = this.#device(userID, deviceID);
    const keys = objectIn(body, "device_keys");
    if (keys !== undefined) {
      device.keys = keys;
      this.#changed(userID);
    }
    for (const [id, key] of entriesIn(body, "one_time_keys")) {
      const known = device.oneTime.get(id);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(key)) {
        throw new Error("M_INVALID_PARAM: another key of that name");
      }
      device.oneTime.set(id, key);
    }
    for (const [id, key] of entriesIn(body, "fallback_keys")) {
      device.fallback = { id, key, isUsed: false };
    }
    return { one_time_key_counts: { signed_curve25519: device.oneTime.size } };
  }

  #query(userIDs: readonly UserID[]): JsonObject {
    const known = userIDs.filter((userID) => this.#devices.has(userID));
    const signing = known.flatMap((userID) => {
      const identity = this.#identities.get(userID);
      return identity === undefined ? [] : [[userID, identity.published]];
    });
    return structuredClone({
      device_keys: Object.fromEntries(known.map((userID) => {
        const devices = [...this.#devices.get(userID) ?? []];
        return [
          userID,
          Object.fromEntries(
            devices.flatMap(([id, { keys }]) => keys === undefined ? [] : [[id, keys]]),
          ),
        ];
      })),
      self_signing_keys: Object.fromEntries(signing),
      failures: {},
    });
  }

  #claim(wanted: ReadonlyMap<UserID, readonly DeviceID[]>): JsonObject {
    const claimed = [...wanted].map(([userID, deviceIDs]) => [
      userID,
      Object.fromEntries(deviceIDs.flatMap((deviceID) => {
        const device = this.#devices.get(userID)?.get(deviceID);
        const [id, key] = device?.oneTime.entries().next().value ?? [];
        if (device === undefined) return [];
        if (id !== undefined) {
          device.oneTime.delete(id);
          return [[deviceID, { [id]: key }]];
        }
        if (device.fallback === undefined) return [];
        device.fallback.isUsed = true;
        return [[deviceID, { [device.fallback.id]: device.fallback.key }]];
      })),
    ]);
    return { one_time_keys: Object.fromEntries(claimed), failures: {} };
  }

  #deliver(sender: UserID, type: string, messages: ToDeviceMessages): void {
    for (const [userID, byDevice] of Object.entries(messages)) {
      for (const [deviceID, content] of Object.entries(byDevice)) {
        this.sent.push({ type, content });
        const devices = this.#devices.get(userID) ?? new Map<DeviceID, ServerDevice>();
        const targets = deviceID === "*" ? [...devices.values()] : [devices.get(deviceID)];
        for (const device of targets) {
          const event = structuredClone({ type, sender, content });
          device?.inbox.push({ position: ++this.#position, event });
        }
      }
    }
  }
}

function isIn(membership: string | undefined): boolean {
  return membership === "join" || membership === "invite";
}

function settle<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}
