import { assert } from "../../platform/assert.ts";
import type { Clock } from "../../platform/Clock.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import type { DeviceID, RoomID, UserID } from "../names.ts";
import { checkRatchets } from "./checkRatchets.ts";
import { MemoryHomeserver } from "./MemoryHomeserver.ts";
import { type Said, TestDevice, type Weather } from "./TestDevice.ts";
import { TestIdentity } from "./TestIdentities.ts";

const rooms: readonly RoomID[] = ["!conseil:test", "!cabinet:test"];
const maxDevices = 3;

type Person = {
  readonly userID: UserID;
  readonly devices: Map<DeviceID, TestDevice>;
  /** One that nobody signs: it is given nothing. */
  spy?: TestDevice;
  made: number;
};

export type ChaosOutcome = {
  readonly messages: number;
  /** How often somebody read a message that they were to read. */
  readonly read: number;
  readonly faults: number;
};

/**
 * People with one to three devices who join, leave, sign in, sign out and crash while they write,
 * over a network that loses requests and answers, on disks that fill up. In the end each message is
 * read by every signed device of everyone who was there and whom its writer took for a reader, by
 * nobody whom the writer did not, and no ratchet was used twice.
 *
 * - Throws: With the seed, at the first thing that is not so.
 */
export async function chaos(seed: number, people = 4, steps = 120): Promise<ChaosOutcome> {
  return await new Chaos(seed).run(people, steps).catch((error) => {
    throw new Error(`seed ${seed}: ${error}`, { cause: error });
  });
}

class Chaos {
  #now = 1_700_000_000_000;
  readonly #random: ManualClock;
  /** Nobody here sleeps by it: it only tells the time. */
  readonly #clock: Clock = {
    now: () => this.#now,
    random: () => this.#random.random(),
    sleep: () => Promise.reject(new Error("nobody wakes anybody here")),
  };
  readonly #server: MemoryHomeserver;
  readonly #people: Person[] = [];
  readonly #said = new Map<string, Said>();
  #badWeather = 0;
  #faults = 0;
  #texts = 0;
  /** Who came and went, and after how many messages. */
  readonly #log: string[] = [];

  constructor(private readonly seed: number) {
    this.#random = new ManualClock(0, seed);
    this.#server = new MemoryHomeserver(() => this.#clock.now());
  }

  async run(people: number, steps: number): Promise<ChaosOutcome> {
    for (let index = 0; index < people; index++) {
      const userID = `@p${index}:test`;
      this.#server.signUp(await TestIdentity.of(userID));
      const person: Person = { userID, devices: new Map(), made: 0 };
      this.#people.push(person);
      for (const roomID of rooms) {
        if (this.#chance(0.8)) this.#server.setMembership(roomID, userID, "join");
      }
      await this.#signIn(person);
    }
    this.#badWeather = 0.06;
    for (let step = 0; step < steps; step++) {
      // Several things happen at once.
      await Promise.all(Array.from({ length: 1 + this.#below(3) }, () => this.#step()));
      this.#now += this.#below(5) === 0 ? this.#below(30 * 60_000) : this.#below(500);
    }
    this.#badWeather = 0;
    await this.#comeToRest();
    const read = await this.#checkReaders();
    checkRatchets(this.#server);
    return { messages: this.#said.size, read, faults: this.#faults };
  }

  async #step(): Promise<void> {
    const person = this.#pick(this.#people);
    const device = this.#pick([...person.devices.values()]);
    const roomID = this.#pick(rooms);
    const kind = this.#below(100);
    if (kind < 45) await this.#quietly(device.sync());
    else if (kind < 75) await this.#say(person, device, roomID);
    else if (kind < 82) this.#comeOrGo(person, roomID);
    else if (kind < 88) {
      const again = await device.crash();
      if (person.devices.get(device.deviceID) === device) {
        person.devices.set(device.deviceID, again);
      }
    } else if (kind < 93 && person.devices.size < maxDevices) await this.#signIn(person);
    else if (kind < 96 && person.devices.size > 1) {
      await this.#signOut(person, device);
    } else if (kind < 98 && person.spy === undefined) {
      person.spy = await this.#newDevice(person, "SPY");
    } else await this.#quietly(device.work());
  }

  async #say(person: Person, device: TestDevice, roomID: RoomID): Promise<void> {
    if (this.#server.membersOf(roomID).get(person.userID) !== "join") return;
    const members = await this.#quietly(device.membersOf(roomID));
    if (members?.includes(person.userID) !== true) return;
    const text = `${this.seed}.${++this.#texts} ${person.userID} ${device.deviceID}`;
    await this.#quietly(device.say(roomID, text, (said) => this.#said.set(text, said)));
  }

  #comeOrGo(person: Person, roomID: RoomID): void {
    const now = this.#server.membersOf(roomID).get(person.userID);
    const next = now === "join"
      ? "leave"
      : now === "invite" || this.#chance(0.5)
      ? "join"
      : "invite";
    this.#server.setMembership(roomID, person.userID, next);
    this.#log.push(`${person.userID} ${next} ${roomID} at ${this.#texts}`);
  }

  /** Its owner signs it as soon as it is there; in between, others may already write. */
  async #signIn(person: Person): Promise<void> {
    const deviceID = `D${++person.made}`;
    const device = await this.#newDevice(person, deviceID);
    device.hasBackup = true;
    if (this.#chance(0.3)) {
      await this.#quietly(this.#pick([...person.devices.values(), device]).sync());
    }
    await this.#server.signDevice(person.userID, deviceID);
    this.#log.push(`${person.userID} ${deviceID} in at ${this.#texts}`);
    person.devices.set(deviceID, device);
  }

  /**
   * What it has is handed to the backup first, as signing out demands. What only this device could
   * read and it never saw would be lost with it, as everywhere: it takes in what waits.
   */
  async #signOut(person: Person, device: TestDevice): Promise<void> {
    person.devices.delete(device.deviceID);
    const isDone = await this.#isDone(device.sync());
    const isBehind = await this.#quietly(device.isBehind());
    if (isDone && isBehind === false) {
      this.#server.signOut(person.userID, device.deviceID);
      this.#log.push(`${name(device)} out at ${this.#texts}`);
      return;
    }
    // It may have crashed meanwhile.
    const still = isBehind === undefined ? await device.crash() : device;
    person.devices.set(device.deviceID, still);
  }

  async #newDevice(person: Person, deviceID: DeviceID): Promise<TestDevice> {
    let isOutside = false;
    const weather: Weather = (place) => {
      if (isOutside) this.#weather(place);
    };
    const device = await TestDevice.signIn(
      ...[this.#server, this.#clock, person.userID, deviceID, weather] as const,
    );
    await device.machine.work();
    isOutside = true;
    return device;
  }

  #weather: Weather = (place) => {
    if (!this.#chance(place === "network" ? this.#badWeather : this.#badWeather / 4)) return;
    this.#faults++;
    throw new Error(place === "network" ? "OFFLINE" : "DISK_FULL");
  };

  async #comeToRest(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      for (const person of this.#people) {
        for (const device of [...person.devices.values(), person.spy]) await device?.sync();
      }
      this.#now += 70 * 60_000;
    }
  }

  /** - Returns: How many times a message was read by somebody who was to read it. */
  async #checkReaders(): Promise<number> {
    let read = 0;
    for (const person of this.#people) {
      for (const device of person.devices.values()) {
        const texts = new Set(await device.texts());
        for (const { text, sender, readers } of this.#said.values()) {
          const isReader = readers.includes(person.userID);
          // Whoever had left before it came to the server is not shown it by any.
          const wasHere = this.#server.wasInRoom(person.userID, sender, text);
          if (isReader && wasHere) {
            const has = texts.has(text);
            assert(
              has,
              `${name(device)} cannot read ${text}: ${has || await this.#why(device, text)}`,
            );
            read++;
          }
          if (!isReader) assert(!texts.has(text), `${name(device)} reads ${text}`);
        }
        assert(texts.size <= this.#said.size, `${name(device)} reads what nobody wrote`);
      }
      const spied = await person.spy?.texts() ?? [];
      assert(spied.length === 0, `an unsigned device of ${person.userID} reads ${spied[0]}`);
    }
    return read;
  }

  /** For whoever looks into it: why this device cannot read the message, and what became of it. */
  async #why(device: TestDevice, text: string): Promise<string> {
    for (const writer of this.#people.flatMap((person) => [...person.devices.values()])) {
      const eventID = [...await writer.read()].find(([, read]) => read === text)?.[0];
      if (eventID === undefined) continue;
      const reason = (await device.reasons()).get(eventID) ?? "not seen";
      return `${reason}, though ${name(writer)} reads it; ${this.#log.join(", ")}`;
    }
    return `nobody reads it; ${this.#log.join(", ")}`;
  }

  /** Whatever fails of this is tried again by itself, or was meant to fail. */
  async #quietly<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise;
    } catch (error) {
      if (/OFFLINE|DISK_FULL|The database is closed|M_UNKNOWN_TOKEN/.test(String(error))) {
        return undefined;
      }
      throw error;
    }
  }

  #isDone(promise: Promise<unknown>): Promise<boolean> {
    return this.#quietly(promise.then(() => true)).then((done) => done === true);
  }

  #below(end: number): number {
    return Math.floor(this.#clock.random() * end);
  }

  #chance(probability: number): boolean {
    return this.#clock.random() < probability;
  }

  #pick<T>(entries: readonly T[]): T {
    const found = entries[this.#below(entries.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }
}

function name(device: TestDevice): string {
  return `${device.userID} ${device.deviceID}`;
}
