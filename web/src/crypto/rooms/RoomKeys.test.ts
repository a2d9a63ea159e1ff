import { assert, assertEquals } from "../../platform/assert.ts";
import { MemoryDatabase } from "../../platform/MemoryDatabase.ts";
import {
  encryptForGroup,
  openGroupSession,
  sessionKeyOf,
  sharedKeyOf,
} from "../megolm/OutboundGroupSession.ts";
import { readSharedKey } from "../megolm/sessionKey.ts";
import { generateSealingKey } from "../primitives/aes.ts";
import { randomBytes } from "../primitives/bytes.ts";
import { cryptoLayout, type CryptoStores, type KeySource } from "../storage/stores.ts";
import { exported, readBundle, writeBundle } from "./exportedKeys.ts";
import { type RoomKey, RoomKeys } from "./RoomKeys.ts";

const roomID = "!room:test";

async function fixture() {
  const database = new MemoryDatabase<CryptoStores>(cryptoLayout);
  const keys = new RoomKeys(database, await generateSealingKey());
  const add = (key: RoomKey) => {
    return keys.batch(async (batch) => {
      const isNews = await batch.add(key);
      await database.write(["roomKeys", "withheld"], (tx) => Promise.resolve(batch.write(tx)));
      return isNews;
    });
  };
  return { database, keys, add };
}

/** One session as it is at its start and after five messages. */
async function twoIndices() {
  let session = await openGroupSession();
  const start = sessionKeyOf(session);
  for (let index = 0; index < 5; index++) {
    session = (await encryptForGroup(session, randomBytes(3))).session;
  }
  return { id: session.id, start, later: await readSharedKey(await sharedKeyOf(session)) };
}

function roomKey(key: RoomKey["key"], source: KeySource, sender?: string): RoomKey {
  return {
    ...{ roomID, key, source, senderKey: `key of ${sender}`, claimedEd25519: "" },
    ...(sender === undefined ? {} : { senderUserID: sender }),
    ...{ forwardingChain: [], isShareable: source === "room_key" },
  };
}

Deno.test("Of two keys to a session, the earlier is kept with the better provenance", async () => {
  const { keys, add } = await fixture();
  const { id, start, later } = await twoIndices();
  const now = async () => {
    const { record } = await keys.find(roomID, id) ?? {};
    return [record?.firstIndex, record?.source, record?.senderUserID];
  };
  assertEquals(await add(roomKey(later, "backup")), true);
  assertEquals(await now(), [5, "backup", undefined]);
  assertEquals(await add(roomKey(start, "forwarded")), true);
  assertEquals(await now(), [0, "backup", undefined]);
  assertEquals(await add(roomKey(later, "room_key", "@a:test")), true);
  assertEquals(await now(), [0, "room_key", "@a:test"]);
  for (const source of ["backup", "forwarded", "room_key"] as const) {
    assertEquals(
      await add(roomKey(later, source, source === "room_key" ? "@a:test" : undefined)),
      false,
    );
  }
  assertEquals(await now(), [0, "room_key", "@a:test"]);
});

Deno.test("A forged ratchet under a true name gives way to the maker's, and never replaces it", async () => {
  const { keys, add } = await fixture();
  const { id, start, later } = await twoIndices();
  const forged = { ...start, ratchet: { index: 0, parts: randomBytes(128) } };
  assertEquals(await add(roomKey(forged, "backup")), true);
  assertEquals(await add(roomKey(later, "room_key", "@a:test")), true);
  assertEquals((await keys.find(roomID, id))?.session.firstIndex, 5);
  assertEquals(await add(roomKey(forged, "backup")), false);
  assertEquals(await add(roomKey(forged, "bundle")), false);
  assertEquals((await keys.find(roomID, id))?.session.firstIndex, 5);
});

Deno.test("The backup is asked to take what it lacks, and again what reads further back", async () => {
  const { keys, add } = await fixture();
  const { id: sessionID, start, later } = await twoIndices();
  await add(roomKey(later, "room_key", "@a:test"));
  assertEquals(await keys.countWaitingForBackup(), 1);
  const [waiting] = await keys.waitingForBackup(10);
  assert(waiting !== undefined, "one waits");
  await add(roomKey(start, "file"));
  // What was uploaded meanwhile is the shorter one: it does not count.
  await keys.markBackedUp([{ roomID, sessionID, firstIndex: exported(waiting).firstIndex }]);
  assertEquals(await keys.countWaitingForBackup(), 1);
  await keys.markBackedUp([{ roomID, sessionID, firstIndex: 0 }]);
  assertEquals(await keys.countWaitingForBackup(), 0);
  await keys.markAllWaiting();
  assertEquals(await keys.countWaitingForBackup(), 1);
  const other = await twoIndices();
  await add(roomKey(other.start, "backup"));
  assertEquals(await keys.countWaitingForBackup(), 1);
});

Deno.test("A bundle holds what its makers let newcomers read, and is read for its room alone", async () => {
  const { keys, add } = await fixture();
  const [open, closed] = [await twoIndices(), await twoIndices()];
  await add(roomKey(open.start, "room_key", "@a:test"));
  await add({ ...roomKey(closed.start, "room_key", "@a:test"), isShareable: false });
  const bundle = writeBundle(await keys.ofRoom(roomID));
  assertEquals(JSON.stringify(bundle["withheld"]).includes(closed.id), true);
  const read = readBundle(roomID, JSON.parse(JSON.stringify(bundle)));
  assertEquals(read.map((key) => [key.sessionID, key.firstIndex]), [[open.id, 0]]);
  assertEquals(readBundle("!other:test", bundle), []);
  const keysIn = bundle["room_keys"] as object[];
  for (
    const key of [null, {}, { ...keysIn[0], session_id: closed.id }, {
      ...keysIn[0],
      session_key: "A",
    }]
  ) {
    assertEquals(readBundle(roomID, { room_keys: [key] }), []);
  }
  assertEquals(readBundle(roomID, null), []);
});
