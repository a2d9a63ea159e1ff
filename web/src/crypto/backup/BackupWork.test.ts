import { assert, assertEquals } from "../../platform/assert.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { concat, encodeUInt32, randomBytes } from "../primitives/bytes.ts";
import { generateX25519 } from "../primitives/x25519.ts";
import { MemorySecrets } from "../testing/MemorySecrets.ts";
import { BackupWork, type RoomKeyStore } from "./BackupWork.ts";
import { backupAlgorithm, readBackupVersion } from "./backupVersion.ts";
import { RestoreQueue } from "./RestoreQueue.ts";
import type { ExportedSession } from "./sessionData.ts";

function someSession(roomID: string): ExportedSession {
  const publicKey = randomBytes(32);
  const bytes = concat(Uint8Array.of(1), encodeUInt32(0), randomBytes(128), publicKey);
  return {
    roomID,
    sessionID: encodeBase64(publicKey),
    sessionKey: encodeBase64(bytes),
    firstIndex: 0,
    senderKey: encodeBase64(randomBytes(32)),
    forwardingChain: [],
    isShareable: false,
  };
}

class Keys implements RoomKeyStore {
  readonly stored = new Set<string>();
  readonly known = new Map<string, ExportedSession>();

  constructor(sessions: readonly ExportedSession[] = []) {
    for (const session of sessions) this.known.set(session.sessionID, session);
  }

  waiting(limit: number) {
    const waiting = [...this.known.values()].filter(({ sessionID }) => !this.stored.has(sessionID));
    return Promise.resolve(
      waiting.slice(0, limit).map((session) => ({ session, isVerified: true })),
    );
  }

  markStored(sessions: readonly ExportedSession[]) {
    for (const { sessionID } of sessions) this.stored.add(sessionID);
    return Promise.resolve();
  }

  add(sessions: readonly ExportedSession[]) {
    for (const session of sessions) this.known.set(session.sessionID, session);
    return Promise.resolve();
  }
}

async function someBackup(server: MemorySecrets) {
  const pair = await generateX25519();
  const auth_data = { public_key: encodeBase64(pair.publicKey) };
  await server.createBackup({ algorithm: backupAlgorithm, auth_data });
  return { pair, version: readBackupVersion(await server.backupVersion()) };
}

Deno.test("All keys go up in batches, and a new device gets them back room by room", async () => {
  const server = new MemorySecrets();
  const { pair, version } = await someBackup(server);
  const sessions = Array.from({ length: 450 }, (_, at) => someSession(`!room${at % 3}:x`));
  const keys = new Keys(sessions);
  const work = new BackupWork(version, server, keys);
  const outcomes = [];
  for (let round = 0; round < 4; round++) outcomes.push(await work.uploadOnce());
  assertEquals(outcomes, ["stored", "stored", "stored", "idle"]);

  const fresh = new Keys();
  const restore = new BackupWork(version, server, fresh);
  const queue = new RestoreQueue();
  queue.addRooms(["!room0:x", "!room1:x", "!room2:x", "!empty:x"]);
  queue.want("!room2:x", sessions[2]!.sessionID, 0);
  await restore.restoreOnce(queue, pair, 0);
  assertEquals([...fresh.known.keys()], [sessions[2]!.sessionID]);
  while (await restore.restoreOnce(queue, pair, 0));
  assertEquals([fresh.known.size, queue.progress], [450, { roomsDone: 4, roomsKnown: 4 }]);
});

Deno.test("What was not stored goes up again; a replaced backup says so", async () => {
  const server = new MemorySecrets();
  const { version } = await someBackup(server);
  const keys = new Keys([someSession("!a:x")]);
  const work = new BackupWork(version, server, keys);
  server.callsLeft = 0;
  await work.uploadOnce().then(() => assert(false, "it must fail"), () => {});
  server.callsLeft = Infinity;
  await someBackup(server);
  assertEquals([await work.uploadOnce(), keys.stored.size], ["replaced", 0]);
});

Deno.test("A step that fails is the next one again; a damaged entry counts as none", async () => {
  const server = new MemorySecrets();
  const { pair, version } = await someBackup(server);
  const [good, bad] = [someSession("!a:x"), someSession("!a:x")];
  await new BackupWork(version, server, new Keys([good])).uploadOnce();
  server.backups[0]!.rooms.get("!a:x")!.set(bad.sessionID, { session_data: {} });
  const keys = new Keys();
  const work = new BackupWork(version, server, keys);
  const queue = new RestoreQueue();
  queue.want("!a:x", bad.sessionID, 0);
  queue.want("!a:x", "nowhere", 0);
  server.callsLeft = 0;
  await work.restoreOnce(queue, pair, 0).then(() => assert(false, "it must fail"), () => {});
  server.callsLeft = Infinity;
  queue.addRooms(["!a:x"]);
  while (await work.restoreOnce(queue, pair, 0));
  assertEquals([...keys.known.keys()], [good.sessionID]);
});
