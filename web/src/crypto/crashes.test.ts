import { assert, assertEquals } from "../platform/assert.ts";
import { ManualClock } from "../platform/ManualClock.ts";
import { checkRatchets } from "./testing/checkRatchets.ts";
import { MemoryHomeserver } from "./testing/MemoryHomeserver.ts";
import { type Said, TestDevice, type Weather } from "./testing/TestDevice.ts";
import { TestIdentity } from "./testing/TestIdentities.ts";

const [amelie, basile, roomID] = ["@amelie:test", "@basile:test", "!room:test"] as const;

/** Two devices that write to each other, of which one crashes at its step number `fatal`. */
async function story(fatal: number): Promise<{ crashed: boolean }> {
  const clock = new ManualClock();
  const server = new MemoryHomeserver(() => clock.now());
  for (const userID of [amelie, basile]) {
    server.signUp(await TestIdentity.of(userID));
    server.setMembership(roomID, userID, "join");
  }
  let steps = 0;
  let isArmed = false;
  const weather: Weather = () => {
    if (isArmed && steps++ === fatal) throw new Error("CRASH");
  };
  let a = await TestDevice.signIn(server, clock, amelie, "A", weather);
  const b = await TestDevice.signIn(server, clock, basile, "B");
  await a.sync();
  await b.sync();
  await server.signDevice(amelie, "A");
  await server.signDevice(basile, "B");
  isArmed = true;
  const said: string[] = [];
  const note = ({ text }: Said) => said.push(text);
  const survive = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      assert(String(error).includes("CRASH"), String(error));
      a = await a.crash();
    }
  };
  for (let turn = 0; turn < 3; turn++) {
    await survive(() => a.sync());
    await survive(() => a.say(roomID, `a ${turn}`, note));
    await b.sync();
    await b.say(roomID, `b ${turn}`, note);
    // Somebody passes by, so that sessions are begun anew and Olm is used both ways.
    server.setMembership(roomID, "@chloe:test", "join");
    server.setMembership(roomID, "@chloe:test", "leave");
  }
  isArmed = false;
  for (let round = 0; round < 3; round++) {
    await a.sync();
    await b.sync();
  }
  for (const device of [a, b]) {
    assertEquals((await device.texts()).sort(), [...said].sort(), `crashed at ${fatal}`);
  }
  checkRatchets(server);
  return { crashed: steps > fatal };
}

Deno.test("A crash at any step loses nothing that was stored, and uses no ratchet twice", async () => {
  let fatal = 0;
  while ((await story(fatal)).crashed) fatal++;
  assert(fatal > 40, `only ${fatal} steps`);
});
