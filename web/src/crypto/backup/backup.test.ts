import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { readIdentity } from "../crosssigning/publicIdentity.ts";
import { readDeviceKeys } from "../crosssigning/deviceKeys.ts";
import { generateSeeds, publishSeeds } from "../crosssigning/signingKeys.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { concat, encodeUInt32, encodeUTF8, randomBytes } from "../primitives/bytes.ts";
import { generateEd25519, importEd25519 } from "../primitives/ed25519.ts";
import { signJSON } from "../primitives/signedJSON.ts";
import { generateX25519, importX25519 } from "../primitives/x25519.ts";
import { damagedBytes, damagedJSON } from "../testing/damage.ts";
import { openFromBackup, sealForBackup } from "./backupCipher.ts";
import { openBackedUpSession, openRoomBackup, openWholeBackup } from "./backupRestore.ts";
import { makeUpload, sessionsPerUpload } from "./backupUpload.ts";
import { backupProof, describeBackup, readBackupVersion } from "./backupVersion.ts";
import { readKeyExport, writeKeyExport } from "./keyExport.ts";
import { RestoreQueue } from "./RestoreQueue.ts";
import { type ExportedSession, readExportedSession, writeExportedSession } from "./sessionData.ts";

const roomID = "!salon:culture.example";

function someSession(firstIndex = 0, room = roomID): ExportedSession {
  const publicKey = randomBytes(32);
  const bytes = concat(Uint8Array.of(1), encodeUInt32(firstIndex), randomBytes(128), publicKey);
  return {
    roomID: room,
    sessionID: encodeBase64(publicKey),
    sessionKey: encodeBase64(bytes),
    firstIndex,
    senderKey: encodeBase64(randomBytes(32)),
    senderClaimedEd25519: encodeBase64(randomBytes(32)),
    forwardingChain: [],
    isShareable: true,
  };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(pages);
}

Deno.test("What is sealed for a backup opens with its private key alone", async () => {
  const [pair, other] = await Promise.all([generateX25519(), generateX25519()]);
  const sealed = await sealForBackup(pair.publicKey, encodeUTF8("bonjour"));
  assertEquals([...await openFromBackup(pair, sealed)], [...encodeUTF8("bonjour")]);
  await assertRejects(openFromBackup(other, sealed), "BAD_MAC");
  const again = await sealForBackup(pair.publicKey, encodeUTF8("bonjour"));
  assert(again.ephemeral !== sealed.ephemeral, "each has an ephemeral key of its own");
});

Deno.test("Damaged backup entries are opened or refused, and nothing else", async () => {
  const pair = await generateX25519();
  const { rooms } = await makeUpload(pair.publicKey, [{
    session: someSession(),
    isVerified: true,
  }]);
  const [sessionID, data] = Object.entries(rooms[roomID]!.sessions)[0]!;
  for (const damaged of damagedJSON(data, 1_500)) {
    await openBackedUpSession(pair, roomID, sessionID, damaged)
      .catch((error) => assertEquals(error.name, "CryptoError"));
  }
  for (const text of ["null", "[]", "{", "{}", '"x"']) {
    const session_data = await sealForBackup(pair.publicKey, encodeUTF8(text));
    await openBackedUpSession(pair, roomID, sessionID, { session_data })
      .then(() => assert(false, text), (error) => assertEquals(error.name, "CryptoError"));
  }
  for (const plain of damagedBytes(encodeUTF8(JSON.stringify(someSession())), 200)) {
    const session_data = await sealForBackup(pair.publicKey, plain);
    await openBackedUpSession(pair, roomID, sessionID, { session_data })
      .then(() => assert(false, "read"), (error) => assertEquals(error.name, "CryptoError"));
  }
});

Deno.test("Sessions go up in one body, grouped by room, and come back in pages", async () => {
  const pair = await generateX25519();
  const other = "!autre:culture.example";
  const sessions = [...Array(sessionsPerUpload)].map((_, index) =>
    someSession(index, index % 2 === 0 ? roomID : other)
  );
  const upload = await makeUpload(
    pair.publicKey,
    sessions.map((session) => ({ session, isVerified: true })),
  );
  assertEquals(Object.keys(upload.rooms).sort(), [other, roomID].sort());
  const body = JSON.stringify(upload);
  assert(body.length < 300_000, `an upload must stay small: ${body.length}`);
  const pages = await all(openWholeBackup(pair, JSON.parse(body)));
  const restored = pages.flatMap((page) => page.sessions);
  const byID = (a: ExportedSession, b: ExportedSession) => a.sessionID < b.sessionID ? -1 : 1;
  assertEquals(restored.sort(byID), sessions.sort(byID));
  const batch = Array(sessionsPerUpload + 1).fill({ session: sessions[0], isVerified: true });
  const failure = await makeUpload(pair.publicKey, batch).catch((error) => error.name);
  assertEquals(failure, "RangeError");
});

Deno.test("Of one session twice in a batch, the one the server would keep is sent", async () => {
  const pair = await generateX25519();
  const early = someSession(2);
  const late = { ...early, firstIndex: 9 };
  const passedOn = { ...early, forwardingChain: [encodeBase64(randomBytes(32))] };
  const kept = async (...entries: [ExportedSession, boolean][]) => {
    const batch = entries.map(([session, isVerified]) => ({ session, isVerified }));
    const { rooms } = await makeUpload(pair.publicKey, batch);
    const data = rooms[roomID]!.sessions[early.sessionID]!;
    return [data.first_message_index, data.forwarded_count, data.is_verified];
  };
  assertEquals(await kept([early, false], [late, false]), [2, 0, false]);
  assertEquals(await kept([early, false], [late, true]), [9, 0, true]);
  assertEquals(await kept([passedOn, true], [early, true]), [2, 0, true]);
});

Deno.test("One damaged entry does not keep the others from being restored", async () => {
  const pair = await generateX25519();
  const batch = [...Array(5)].map(() => ({ session: someSession(), isVerified: false }));
  const { rooms } = await makeUpload(pair.publicKey, batch);
  const good = rooms[roomID]!.sessions;
  const [first, second] = Object.keys(good);
  // Entries under each other's ID, and two that are none.
  const sessions = { ...good, [first!]: good[second!], x: null, y: { session_data: 5 } };
  const [page] = await all(openRoomBackup(pair, roomID, { sessions }));
  assertEquals([page?.sessions.length, page?.refused], [4, 3]);
  assertEquals(await all(openWholeBackup(pair, { rooms: { "not a room": { sessions } } })), []);
});

Deno.test("A backup is trusted for its private key, its master key or a device of ours", async () => {
  const userID = "@amelie:culture.example";
  const signing = await generateEd25519();
  const device = { deviceID: "FIRST", privateKey: signing.privateKey };
  const seeds = generateSeeds();
  const upload = await publishSeeds(userID, seeds, device);
  const own = await readIdentity(userID, { master: upload.master_key });
  const seed = randomBytes(32);
  const pair = await importX25519(seed);
  const master = await importEd25519(seeds.master);
  const described = await describeBackup(userID, pair.publicKey, master, device);
  const backup = readBackupVersion({ ...described, version: "1", count: 0, etag: "0" });
  const object = await signJSON(
    {
      user_id: userID,
      device_id: "FIRST",
      algorithms: [],
      keys: {
        "ed25519:FIRST": encodeBase64(signing.publicKey),
        "curve25519:FIRST": encodeBase64(randomBytes(32)),
      },
    },
    userID,
    "ed25519:FIRST",
    signing.privateKey,
  );
  const keys = await readDeviceKeys(userID, "FIRST", object);
  assertEquals(await backupProof(backup, pair.publicKey, undefined, []), "private-key");
  assertEquals(await backupProof(backup, undefined, own, []), "master-key");
  assertEquals(await backupProof(backup, undefined, undefined, [keys]), undefined);

  const stranger = await publishSeeds(userID, generateSeeds(), device);
  const other = await readIdentity(userID, { master: stranger.master_key });
  assertEquals(await backupProof(backup, randomBytes(32), other, []), undefined);
  assertEquals(await backupProof(backup, undefined, other, [keys]), "device");
  // The server's own key under our signatures.
  const swapped = {
    ...described,
    version: "2",
    auth_data: { ...described.auth_data, public_key: encodeBase64(randomBytes(32)) },
  };
  assertEquals(
    await backupProof(readBackupVersion(swapped), pair.publicKey, own, [keys]),
    undefined,
  );
});

Deno.test("Descriptions of backups are read or refused, and nothing else", async () => {
  const value = {
    version: "1",
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: encodeBase64(randomBytes(32)), signatures: { a: { b: "c" } } },
  };
  for (const damaged of damagedJSON(value, 500)) {
    try {
      const backup = readBackupVersion(damaged);
      await backupProof(backup, undefined, undefined, []);
    } catch (error) {
      assertEquals((error as Error).name, "CryptoError");
    }
  }
});

Deno.test("A session must be the one that its ID names", async () => {
  const session = someSession(7);
  assertEquals(readExportedSession(writeExportedSession(session)), session);
  const wire = writeExportedSession(session);
  const wrong = [
    { session_id: someSession().sessionID },
    { session_key: encodeBase64(randomBytes(165)) },
    { session_key: session.sessionKey.slice(4) },
    { session_key: "A".repeat(1e6) },
    { sender_key: "short" },
    { room_id: "salon" },
    { forwarding_curve25519_key_chain: ["x"] },
    { forwarding_curve25519_key_chain: Array(51).fill(session.senderKey) },
  ];
  for (const change of wrong) {
    await assertRejects(
      Promise.try(() => readExportedSession({ ...wire, ...change })),
      "BAD_FORMAT",
    );
  }
  await assertRejects(
    Promise.try(() => readExportedSession({ ...wire, algorithm: "m.megolm.v2" })),
    "BAD_VERSION",
  );
});

Deno.test("An export file opens with its passphrase alone", async () => {
  const sessions = [someSession(), someSession(3)];
  const text = await writeKeyExport(sessions, "mot de passe é", 10);
  assert(text.split("\n").every((line) => line.length <= 96), "no overlong lines");
  assertEquals(await readKeyExport(text, "mot de passe é"), { sessions, refused: 0 });
  assertEquals(
    (await readKeyExport(`\r\n ${text.replaceAll("\n", "\r\n")} `, "mot de passe é")).sessions
      .length,
    2,
  );
  await assertRejects(readKeyExport(text, "mot de passe"), "BAD_MAC");
  await assertRejects(readKeyExport("hello", "x"), "BAD_FORMAT");
});

Deno.test("Damaged export files are refused, and quickly", async () => {
  const file = await writeKeyExport([someSession()], "x", 10);
  const bytes = Uint8Array.fromBase64(file.split("\n").slice(1, -2).join(""));
  const wrap = (body: Uint8Array) =>
    `-----BEGIN MEGOLM SESSION DATA-----\n${encodeBase64(body)}\n-----END MEGOLM SESSION DATA-----`;
  await readKeyExport(wrap(bytes), "x");
  for (const damaged of damagedBytes(bytes, 300)) {
    // The number of rounds is not authenticated before it is used; the bound is tested below.
    if (damaged.length > 37) damaged.set(bytes.subarray(33, 37), 33);
    await readKeyExport(wrap(damaged), "x")
      .then(() => assert(false, "a damaged file was read"), (error) => {
        assertEquals(error.name, "CryptoError");
      });
  }
  const endless = bytes.slice();
  endless.set([0xff, 0xff, 0xff, 0xff], 33);
  await assertRejects(readKeyExport(wrap(endless), "x"), "TOO_LARGE");
});

Deno.test("What somebody looks at is restored first", () => {
  const queue = new RestoreQueue();
  queue.addRooms(["!a:x", "!b:x", "!c:x"]);
  queue.addRooms(["!b:x"]);
  assertEquals(queue.next, { fetch: "room", roomID: "!a:x" });
  queue.lookAt("!c:x");
  queue.lookAt("!unknown:x");
  assertEquals(queue.next, { fetch: "room", roomID: "!c:x" });
  queue.want("!b:x", "s", 0);
  assertEquals(queue.next, { fetch: "session", roomID: "!b:x", sessionID: "s" });
  queue.finish(queue.next!, true, 0);
  queue.finish(queue.next!, true, 0);
  assertEquals(queue.progress, { roomsDone: 1, roomsKnown: 3 });
  queue.finish(queue.next!, true, 0);
  queue.finish(queue.next!, true, 0);
  assertEquals([queue.next, queue.progress], [undefined, { roomsDone: 3, roomsKnown: 3 }]);
});

Deno.test("A session that is not in the backup is looked for again, but not at once", () => {
  const queue = new RestoreQueue();
  queue.want("!a:x", "s", 0);
  queue.finish(queue.next!, false, 1_000);
  queue.want("!a:x", "s", 60_000);
  assertEquals(queue.next, undefined);
  queue.want("!a:x", "s", 61_000);
  assert(queue.next !== undefined, "it is time to look again");
  for (let index = 0; index < 10_000; index++) queue.want("!a:x", `${index}`, 0);
  let steps = 0;
  for (; queue.next !== undefined; steps++) queue.finish(queue.next, false, 0);
  assertEquals(steps, 500);
});
