import { assert, assertEquals } from "../platform/assert.ts";
import { ManualClock } from "../platform/ManualClock.ts";
import { MemoryDatabase } from "../platform/MemoryDatabase.ts";
import { CryptoMachine, type CryptoSync } from "./CryptoMachine.ts";
import type { KeyServer } from "./KeyServer.ts";
import { readCryptoSync } from "./readSync.ts";
import { cryptoLayout, type CryptoStores, cryptoStores } from "./storage/stores.ts";
import { mangle } from "./testing/mangle.ts";
import { MemoryHomeserver } from "./testing/MemoryHomeserver.ts";
import { TestDevice } from "./testing/TestDevice.ts";
import { testIdentities, TestIdentity } from "./testing/TestIdentities.ts";

const [amelie, basile, roomID] = ["@amelie:test", "@basile:test", "!room:test"] as const;

/** A machine whose server answers with lies while `lying`. */
async function fixture(seed: number) {
  const random = new ManualClock(0, seed);
  const server = new MemoryHomeserver(() => 0);
  for (const userID of [amelie, basile]) {
    server.signUp(await TestIdentity.of(userID));
    server.setMembership(roomID, userID, "join");
  }
  const state = { lying: false };
  const honest = server.keyServer(amelie, "A");
  const answer = (value: unknown) => state.lying ? mangle(value, random) : value;
  const lying: KeyServer = {
    upload: async (body) => answer(await honest.upload(body)),
    query: async (userIDs) => answer(await honest.query(userIDs)),
    claim: async (devices) => answer(await honest.claim(devices)),
    sendToDevice: (...message) => honest.sendToDevice(...message),
  };
  server.signIn(amelie, "A");
  const database = new MemoryDatabase<CryptoStores>(cryptoLayout);
  const machine = await CryptoMachine.open({
    ...{ database, server: lying, identities: testIdentities, clock: random },
    ...{ userID: amelie, deviceID: "A" },
  });
  await machine.work();
  await server.signDevice(amelie, "A");
  const basiles = await TestDevice.signIn(server, random, basile, "B");
  await basiles.sync();
  await server.signDevice(basile, "B");
  await basiles.sync();
  let since = 0;
  /** - Parameter change: What is done to the answer on its way. */
  const sync = async (change: (raw: unknown) => unknown = (raw) => raw) => {
    const { nextBatch, raw, events } = server.sync(amelie, "A", since);
    const encrypted = events.filter((event) => event.type === "m.room.encrypted");
    const part: CryptoSync = {
      ...readCryptoSync(change(raw)),
      events: encrypted.map((event) => ({
        ...event,
        content: asContent(change(event.content)),
      })),
      departures: [],
    };
    since = nextBatch;
    return await machine.receive(part, (_, write) => database.write(cryptoStores, write));
  };
  return { random, server, state, machine, basiles, sync };
}

function asContent(value: unknown) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as { readonly [key: string]: unknown }
    : {};
}

Deno.test("Whatever the server says, the machine goes on, and reads what is true afterwards", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { random, server, state, machine, basiles, sync } = await fixture(seed);
    const room = { roomID, readers: [amelie, basile], isHistoryShared: true };
    state.lying = true;
    for (let turn = 0; turn < 12; turn++) {
      await basiles.say(roomID, `${turn}`);
      await basiles.sync();
      const { outcomes } = await sync((raw) => mangle(raw, random));
      for (const outcome of outcomes) {
        if (outcome.kind === "readable") assertEquals(outcome.content["body"], `${turn}`);
      }
      await machine.work();
      await machine.lists.judgeAnew(basile);
      await machine.encrypt(room, "m.room.message", { body: "à toi" });
    }
    state.lying = false;
    // Somebody passes by, so that Basile begins a new session; what was lost before is lost.
    server.setMembership(roomID, "@chloe:test", "join");
    server.setMembership(roomID, "@chloe:test", "leave");
    await machine.work();
    await basiles.sync();
    await sync();
    await basiles.sync();
    await basiles.say(roomID, "la vérité");
    const last = (await sync()).outcomes.at(-1);
    assert(last?.kind === "readable", `seed ${seed}: ${JSON.stringify(last)}`);
    assertEquals(last.content, { body: "la vérité" });
    assertEquals(last.origin.deviceID ?? "B", "B");
  }
});
