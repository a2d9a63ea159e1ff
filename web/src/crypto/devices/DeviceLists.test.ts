import { assert, assertEquals } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { MemoryDatabase } from "../../platform/MemoryDatabase.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { generateEd25519 } from "../primitives/ed25519.ts";
import { signJSON } from "../primitives/signedJSON.ts";
import { generateX25519 } from "../primitives/x25519.ts";
import type { KeyServer } from "../KeyServer.ts";
import { cryptoLayout, type CryptoStores } from "../storage/stores.ts";
import { testIdentities } from "../testing/TestIdentities.ts";
import { DeviceLists } from "./DeviceLists.ts";

const userID = "@basile:test";

async function deviceKeys(deviceID: string, owner = userID) {
  const [signing, curve] = await Promise.all([generateEd25519(), generateX25519()]);
  const keys = {
    user_id: owner,
    device_id: deviceID,
    algorithms: [],
    keys: {
      [`ed25519:${deviceID}`]: encodeBase64(signing.publicKey),
      [`curve25519:${deviceID}`]: encodeBase64(curve.publicKey),
    },
  };
  return await signJSON(keys, owner, `ed25519:${deviceID}`, signing.privateKey);
}

/** Lists over a server whose answers the test gives, one by one. */
function fixture() {
  const asked: { userIDs: readonly string[]; answer: (value: unknown) => void }[] = [];
  const no = () => Promise.reject(new Error("not here"));
  const server: KeyServer = {
    ...{ upload: no, claim: no, sendToDevice: no },
    query: (userIDs) => new Promise((answer) => asked.push({ userIDs, answer })),
  };
  const database = new MemoryDatabase<CryptoStores>(cryptoLayout);
  const clock = new ManualClock();
  const lists = new DeviceLists(database, server, testIdentities, clock, "@amelie:test");
  const note = (changed: readonly string[], left: readonly string[] = []) => {
    return database.write(["people"], (tx) => lists.note(tx, changed, left))
      .finally(() => lists.forget());
  };
  const ids = async () => (await lists.knownDevicesOf(userID)).map((device) => device.deviceID);
  const answerWith = async (...devices: Awaited<ReturnType<typeof deviceKeys>>[]) => {
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const found = devices.map((device) => [device.device_id, device]);
    asked.shift()?.answer({ device_keys: { [userID]: Object.fromEntries(found) } });
  };
  return { asked, lists, note, ids, answerWith, clock };
}

Deno.test("A change told of while a question is out has it asked again", async () => {
  const { asked, lists, note, ids, answerWith } = fixture();
  const [one, two] = await Promise.all([deviceKeys("ONE"), deviceKeys("TWO")]);
  const first = lists.devicesOf([userID]);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  await note([userID]);
  await answerWith(one);
  await first;
  assertEquals(await ids(), ["ONE"]);
  const second = lists.devicesOf([userID]);
  await answerWith(one, two);
  await second;
  assertEquals(await ids(), ["ONE", "TWO"]);
  await lists.devicesOf([userID]);
  assertEquals(asked.length, 0);
});

Deno.test("What the person says of an identity while a question is out is not undone by its answer", async () => {
  const { asked, lists, answerWith } = fixture();
  const met = lists.devicesOf([userID]);
  await answerWith(await deviceKeys("ONE"));
  await met;
  const keys = await Promise.all([generateEd25519(), generateEd25519()]);
  const [first, second] = keys.map(({ publicKey }) => encodeBase64(publicKey));
  await lists.judgeAnew(userID, { key: first });
  const asking = lists.devicesOf([userID]);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  await lists.judgeAnew(userID, { key: second });
  asked.shift()?.answer({ self_signing_keys: { [userID]: { key: first } } });
  await asking;
  assertEquals(await lists.rememberedOf(userID), { key: second });
});

Deno.test("Two who ask at once ask the server once, one after the other at most", async () => {
  const { asked, lists, answerWith } = fixture();
  const both = [lists.devicesOf([userID]), lists.devicesOf([userID])];
  await answerWith(await deviceKeys("ONE"));
  const [a, b] = await Promise.all(both);
  assertEquals([a?.get(userID)?.length, b?.get(userID)?.length, asked.length], [1, 1, 0]);
});

Deno.test("Of whom we hear no more, the list is asked for anew when we meet again", async () => {
  const { asked, lists, note, answerWith, ids } = fixture();
  const met = lists.devicesOf([userID]);
  await answerWith(await deviceKeys("ONE"));
  await met;
  await note([], [userID]);
  assertEquals(asked.length, 0);
  const again = lists.devicesOf([userID]);
  await answerWith(await deviceKeys("TWO"));
  await again;
  assertEquals(await ids(), ["TWO"]);
});

Deno.test("A server that does not answer is left alone for a while; what was known stays", async () => {
  const { asked, lists, note, answerWith, ids, clock } = fixture();
  const met = lists.devicesOf([userID]);
  await answerWith(await deviceKeys("ONE"));
  await met;
  await note([userID]);
  const failing = lists.devicesOf([userID]);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  asked.shift()?.answer({ device_keys: {}, failures: { test: {} } });
  await failing;
  await lists.devicesOf([userID]);
  assertEquals([asked.length, await ids()], [0, ["ONE"]]);
  await clock.advance(60_001);
  const later = lists.devicesOf([userID]);
  await answerWith();
  await later;
  assertEquals(await ids(), []);
});

Deno.test("Devices that are not signed by themselves, or under another's name, are left out", async () => {
  const { asked, lists } = fixture();
  const [good, others] = [await deviceKeys("GOOD"), await deviceKeys("OTHERS", "@chloe:test")];
  const changed = { ...await deviceKeys("CHANGED"), algorithms: ["x"] };
  const found = lists.devicesOf([userID]);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  asked.shift()?.answer({
    device_keys: {
      [userID]: {
        GOOD: { ...good, unsigned: { device_display_name: "x".repeat(5000) } },
        ...{ OTHERS: others, CHANGED: changed, WRONG: good, NULL: null, LIST: [], __proto__: 5 },
      },
      "@unasked:test": { GOOD: good },
    },
    master_keys: [],
    self_signing_keys: { [userID]: "x" },
    failures: "x",
  });
  const devices = (await found).get(userID) ?? [];
  assertEquals(devices.map((device) => device.deviceID), ["GOOD"]);
  assertEquals(devices[0]?.displayName?.length, 255);
  assert(devices[0]?.trust === "unknown", "nobody signed it");
});
