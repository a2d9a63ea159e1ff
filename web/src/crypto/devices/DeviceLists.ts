import type { Clock } from "../../platform/Clock.ts";
import { entriesIn, field, type JsonObject, objectIn } from "../../platform/json.ts";
import { KeyedQueue } from "../KeyedQueue.ts";
import type { KeyServer } from "../KeyServer.ts";
import type { DeviceID, KeyText, UserID } from "../names.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { CryptoDatabase, CryptoTransaction, Device, PersonRecord } from "../storage/stores.ts";
import type { IdentityKeeper, Judgement, PublishedIdentity } from "./IdentityKeeper.ts";
import { type PublishedDevice, readDevice } from "./readDevice.ts";

/** People in one request. */
const queryBatch = 250;

/** Devices of one person; more than anyone has is an attack on everyone's time. */
const maxDevices = 300;

/** How long a server that did not answer is left alone. */
const failureMS = 60_000;

/**
 * The devices of the people we share encrypted rooms with: who is followed, whose list is
 * outdated, and the last list that the server gave.
 *
 * - Spec: [Tracking the device list for a user](https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user)
 */
export class DeviceLists {
  /** One request for a person at a time, so that an old answer never comes after a new one. */
  #queries = new KeyedQueue();
  /** What was read last. A message in a room of a thousand asks for a thousand people. */
  #known = new Map<UserID, PersonRecord>();
  #forgotten = 0;

  constructor(
    private readonly database: CryptoDatabase,
    private readonly server: KeyServer,
    private readonly keeper: IdentityKeeper,
    private readonly clock: Clock,
    private readonly ownUserID: UserID,
    /** Told, after the fact, of whom the list was asked anew: what is said of their messages may change. */
    private readonly onAsked: (userIDs: readonly UserID[]) => void = () => {},
  ) {}

  /** What a sync says of lists. Runs in its transaction; `forget` follows, however that ends. */
  async note(
    tx: CryptoTransaction,
    changed: readonly UserID[],
    left: readonly UserID[],
  ): Promise<void> {
    for (const userID of new Set([...left, ...changed])) {
      const person = await tx.get("people", userID);
      if (person === undefined) continue;
      const { retryTS: _, ...rest } = person;
      // A list of which one is told no more is worth nothing from now on.
      const state = changed.includes(userID) ? "outdated" : "left";
      if (state === "left" && userID === this.ownUserID) continue;
      tx.put("people", { ...rest, state, changes: person.changes + 1 });
    }
  }

  /** What was read before a transaction of somebody else's changed it is read again. */
  forget(): void {
    this.#known.clear();
    this.#forgotten++;
  }

  /** Somebody wrote whom we have not followed. Runs as `note` does. */
  async follow(tx: CryptoTransaction, userIDs: Iterable<UserID>): Promise<void> {
    for (const userID of new Set(userIDs)) {
      const person = await tx.get("people", userID);
      if (person?.state === "outdated" || person?.state === "current") continue;
      const known = person ?? { userID, changes: 0, devices: [] };
      tx.put("people", { ...known, state: "outdated" });
    }
  }

  /** Has everything asked again at the next need: the tokens that told of changes are lost. */
  async noteAllOutdated(tx: CryptoTransaction): Promise<void> {
    for (const person of await tx.getAll("people")) {
      if (person.state !== "current") continue;
      tx.put("people", { ...person, state: "outdated", changes: person.changes + 1 });
    }
  }

  /**
   * The devices of these people, as new as can be had: who was not followed is from now on.
   *
   * - Throws: When our server does not answer. Where it is theirs that does not, what was known
   *   before is given.
   */
  async devicesOf(userIDs: readonly UserID[]): Promise<ReadonlyMap<UserID, readonly Device[]>> {
    const people = await this.#people(userIDs);
    const now = this.clock.now();
    const stale = userIDs.filter((userID) => needsQuery(people.get(userID), now));
    for (let start = 0; start < stale.length; start += queryBatch) {
      await this.#refresh(stale.slice(start, start + queryBatch));
    }
    const fresh = stale.length === 0 ? people : await this.#people(userIDs);
    return new Map(userIDs.map((userID) => [userID, fresh.get(userID)?.devices ?? []]));
  }

  /** Asks for all lists that are outdated; so that the next message need not wait. */
  async refreshOutdated(): Promise<void> {
    const outdated = await this.database.read(["people"], (tx) => {
      return tx.getAll("people", { lower: ["outdated"], upper: ["outdated", []] }, {
        index: "byState",
      });
    });
    await this.devicesOf(outdated.map((person) => person.userID));
  }

  /** What is known, without asking anybody. */
  async knownDevicesOf(userID: UserID): Promise<readonly Device[]> {
    return (await this.#people([userID])).get(userID)?.devices ?? [];
  }

  /**
   * The device of that person with these keys, without asking anybody; else one with the first of
   * them alone, whose signing key is then another.
   */
  async knownDevice(
    userID: UserID,
    curve25519: KeyText,
    ed25519: KeyText,
  ): Promise<Device | undefined> {
    return deviceWith(await this.knownDevicesOf(userID), curve25519, ed25519);
  }

  /** What the keeper of identities remembers of somebody, without asking anybody. */
  async rememberedOf(userID: UserID): Promise<JsonObject | undefined> {
    return (await this.#people([userID])).get(userID)?.identity;
  }

  /** The person's trust in somebody has changed: their devices are judged anew at the next need. */
  async judgeAnew(userID: UserID, remembered?: JsonObject): Promise<void> {
    await this.database.write(["people"], async (tx) => {
      const person = await tx.get("people", userID);
      if (person === undefined) return;
      tx.put("people", {
        ...person,
        state: "outdated",
        changes: person.changes + 1,
        ...(remembered === undefined ? {} : { identity: remembered }),
      });
    });
    this.forget();
  }

  /** Whom we confirmed may have changed: everybody is judged anew at the next need. */
  async judgeAllAnew(): Promise<void> {
    await this.database.write(["people"], (tx) => this.noteAllOutdated(tx));
    this.forget();
  }

  async #people(userIDs: readonly UserID[]): Promise<ReadonlyMap<UserID, PersonRecord>> {
    const people = new Map<UserID, PersonRecord>();
    const unread = userIDs.filter((userID) => {
      const known = this.#known.get(userID);
      if (known !== undefined) people.set(userID, known);
      return known === undefined;
    });
    if (unread.length === 0) return people;
    const forgotten = this.#forgotten;
    const read = await this.database.read(
      ["people"],
      (tx) => Promise.all(unread.map((userID) => tx.get("people", userID))),
    );
    for (const person of read) {
      if (person === undefined) continue;
      people.set(person.userID, person);
      // What was read while somebody wrote may be of before.
      if (forgotten === this.#forgotten) this.#known.set(person.userID, person);
    }
    return people;
  }

  async #refresh(userIDs: readonly UserID[]): Promise<void> {
    await this.#queries.run(userIDs, async () => {
      // Both flags are stored before the question is asked.
      const asked = await this.database.write(["people"], async (tx) => {
        const people = new Map<UserID, PersonRecord>();
        for (const userID of userIDs) {
          const known = await tx.get("people", userID) ?? { userID, changes: 0, devices: [] };
          const person: PersonRecord = { ...known, state: "outdated" };
          // Another question may have been answered while this one waited for its turn.
          if ("state" in known && known.state === "current") continue;
          tx.put("people", person);
          people.set(userID, person);
        }
        return people;
      });
      this.forget();
      if (asked.size === 0) return;
      const answer = await this.server.query([...asked.keys()]);
      const own = await this.#rememberedOfSelf(asked);
      const updates = new Map<UserID, Partial<PersonRecord>>();
      for (const person of asked.values()) {
        updates.set(person.userID, await this.#read(answer, person, own));
      }
      await this.database.write(["people"], async (tx) => {
        for (const [userID, update] of updates) {
          const now = await tx.get("people", userID);
          if (now === undefined) continue;
          // A change that was told of meanwhile may be in the answer or not: it is asked again.
          const before = asked.get(userID);
          const isCurrent = now.changes === before?.changes && update.retryTS === undefined &&
            now.state === "outdated";
          // And what the person said meanwhile of the identity is not undone.
          const { identity, ...rest } = update;
          const isUntouched = JSON.stringify(now.identity) === JSON.stringify(before?.identity);
          tx.put("people", {
            ...now,
            ...rest,
            ...(isUntouched && identity !== undefined ? { identity } : {}),
            state: isCurrent ? "current" : now.state,
          });
        }
      });
      this.forget();
      this.onAsked([...updates.keys()]);
    });
  }

  async #rememberedOfSelf(asked: ReadonlyMap<UserID, PersonRecord>) {
    const self = asked.get(this.ownUserID) ?? (await this.#people([this.ownUserID]))
      .get(this.ownUserID);
    return self?.identity;
  }

  async #read(
    answer: unknown,
    person: PersonRecord,
    own: JsonObject | undefined,
  ): Promise<Partial<PersonRecord>> {
    const { userID } = person;
    const published = objectIn(field(answer, "device_keys"), userID);
    const failures = objectIn(answer, "failures");
    const serverName = userID.slice(userID.indexOf(":") + 1);
    if (published === undefined && failures !== undefined && Object.hasOwn(failures, serverName)) {
      return { retryTS: this.clock.now() + failureMS };
    }
    const devices = new Map<DeviceID, PublishedDevice>();
    for (const [deviceID, value] of entriesIn(field(answer, "device_keys"), userID)) {
      if (devices.size === maxDevices) break;
      try {
        devices.set(deviceID, await readDevice(userID, deviceID, value));
      } catch (error) {
        // Whatever it is, nobody can be written to by it.
        if (!(error instanceof CryptoError)) throw error;
      }
    }
    const { remembered, trust } = await this.#judge(answer, person, devices, own);
    const fallback = person.identity === undefined ? "unknown" : "changed";
    return {
      devices: withoutImpostors(
        [...devices.values()].map((device) => ({
          ...device,
          trust: trust?.get(device.deviceID) ?? (trust === undefined ? fallback : "unknown"),
        })),
        person.devices,
      ),
      ...(remembered === undefined ? {} : { identity: remembered }),
    };
  }

  /** Nothing where what is published is no identity at all: then nobody vouches for anything. */
  async #judge(
    answer: unknown,
    { userID, identity }: PersonRecord,
    devices: ReadonlyMap<DeviceID, PublishedDevice>,
    own: JsonObject | undefined,
  ): Promise<Partial<Judgement>> {
    const published: PublishedIdentity = {
      master: field(field(answer, "master_keys"), userID),
      selfSigning: field(field(answer, "self_signing_keys"), userID),
      userSigning: field(field(answer, "user_signing_keys"), userID),
    };
    const objects = new Map([...devices].map(([deviceID, device]) => [deviceID, device.object]));
    try {
      return await this.keeper.judge(userID, published, objects, identity, own);
    } catch (error) {
      if (error instanceof CryptoError) return {};
      throw error;
    }
  }
}

/** The device with both keys, else one with the first alone. */
export function deviceWith(
  devices: readonly Device[],
  curve25519: KeyText,
  ed25519: KeyText,
): Device | undefined {
  return devices.find((device) => {
    return device.curve25519 === curve25519 && device.ed25519 === ed25519;
  }) ?? devices.find((device) => device.curve25519 === curve25519);
}

/**
 * A device never changes its keys. Where the server says so nevertheless, the new ones count only
 * if the owner signed them; else the device stays what it was.
 */
function withoutImpostors(devices: readonly Device[], before: readonly Device[]): Device[] {
  const known = new Map(before.map((device) => [device.deviceID, device]));
  return devices.map((device) => {
    const old = known.get(device.deviceID);
    const isSame = old === undefined ||
      (old.ed25519 === device.ed25519 && old.curve25519 === device.curve25519);
    return isSame || device.trust === "signed" || device.trust === "verified" ? device : old;
  });
}

function needsQuery(person: PersonRecord | undefined, now: number): boolean {
  if (person === undefined || person.state === "left") return true;
  return person.state === "outdated" && (person.retryTS ?? 0) <= now;
}
