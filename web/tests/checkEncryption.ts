import { MemoryHomeserver } from "../src/crypto/testing/MemoryHomeserver.ts";
import { clientLayout, type Disk, TestDevice } from "../src/crypto/testing/TestDevice.ts";
import { TestIdentity } from "../src/crypto/testing/TestIdentities.ts";
import { systemClock } from "../src/platform/Clock.ts";
import { deleteDatabase, openDatabase } from "../src/platform/IndexedDatabase.ts";

const roomID = "!room:test";
const messages = 600;

/**
 * Two devices on databases of this browser write to each other and crash. What the unit tests find
 * of the cryptography on a database in memory holds here too.
 *
 * Returns how many messages were read a second. Throws at the first that was not.
 */
export async function checkEncryption(): Promise<{ [figure: string]: number }> {
  const server = new MemoryHomeserver(() => Date.now());
  const devices: TestDevice[] = [];
  for (const name of ["amelie", "basile"]) {
    const userID = `@${name}:test`;
    server.signUp(await TestIdentity.of(userID));
    server.setMembership(roomID, userID, "join");
    await deleteDatabase(`check ${name}`);
    const disk = await indexedDisk(`check ${name}`);
    const device = await TestDevice.signIn(
      ...[server, systemClock, userID, "D", () => {}, disk] as const,
    );
    await device.sync();
    await server.signDevice(userID, "D");
    devices.push(device);
  }
  let [amelie, basile] = devices as [TestDevice, TestDevice];
  const said: string[] = [];
  const say = async (device: TestDevice, text: string) => {
    await device.say(roomID, text);
    said.push(text);
  };
  for (let turn = 0; turn < 6; turn++) {
    for (const device of [amelie, basile]) await device.sync();
    await say(amelie, `a ${turn}`);
    await say(basile, `b ${turn}`);
    // What is in flight fails, and the next one goes on with keys that nobody can read out.
    const lost = basile.sync().catch(() => {});
    [amelie, basile] = [await amelie.crash(), await basile.crash()];
    await lost;
    // Somebody passes by, so that sessions are begun anew.
    server.setMembership(roomID, "@chloe:test", "join");
    server.setMembership(roomID, "@chloe:test", "leave");
  }
  for (let index = said.length; index < messages; index++) await say(amelie, `encore ${index}`);
  for (const device of [amelie, basile, amelie]) await device.sync();
  for (const device of [amelie, basile]) {
    const texts = new Set(await device.texts());
    const unread = said.filter((text) => !texts.has(text));
    if (unread.length > 0) throw new Error(`${device.userID} cannot read ${unread.join(", ")}`);
  }
  const events = server.events.filter((event) => event.type === "m.room.encrypted");
  const begin = performance.now();
  await basile.machine.decrypt(events);
  const perSecond = Math.round(events.length / (performance.now() - begin) * 1000);
  return { "encrypted messages": said.length, "read per second": perSecond };
}

async function indexedDisk(name: string): Promise<Disk> {
  const database = await openDatabase(name, 1, clientLayout);
  return { database, reopened: () => indexedDisk(name) };
}
