import { assert, assertEquals } from "../../platform/assert.ts";
import { readDeviceKeys } from "../crosssigning/deviceKeys.ts";
import { isDeviceSigned, readIdentity } from "../crosssigning/publicIdentity.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { randomBytes } from "../primitives/bytes.ts";
import { generateEd25519 } from "../primitives/ed25519.ts";
import { signJSON } from "../primitives/signedJSON.ts";
import { MemorySecrets } from "../testing/MemorySecrets.ts";
import { keyDescriptionPrefix, readKeyDescription } from "../secrets/keyDescription.ts";
import { openAccount } from "./openAccount.ts";
import { writeRecoveryCode } from "../secrets/recoveryCode.ts";
import { type AccountOwner, makeNewKeys, type NewKeys, setUpAccount } from "./setUpAccount.ts";
import { secretNames } from "../secrets/storedSecret.ts";

const userID = "@amelie:culture.example";

async function someOwner(deviceID = "FIRST"): Promise<AccountOwner> {
  const { publicKey, privateKey } = await generateEd25519();
  const bare = {
    user_id: userID,
    device_id: deviceID,
    algorithms: [],
    keys: {
      [`ed25519:${deviceID}`]: encodeBase64(publicKey),
      [`curve25519:${deviceID}`]: encodeBase64(randomBytes(32)),
    },
  };
  const object = await signJSON(bare, userID, `ed25519:${deviceID}`, privateKey);
  const deviceKeys = await readDeviceKeys(userID, deviceID, object);
  return { userID, device: { deviceID, privateKey }, deviceKeys };
}

function newKeys(number: number, former?: NewKeys): NewKeys {
  return makeNewKeys({ name: "Code", number, createdTS: number }, former?.secrets);
}

async function opening(server: MemorySecrets, { code }: NewKeys) {
  const descriptions = [...server.data].flatMap(([type, content]) =>
    type.startsWith(keyDescriptionPrefix)
      ? readKeyDescription(type.slice(keyDescriptionPrefix.length), content) ?? []
      : []
  );
  const identity = await readIdentity(userID, server.published);
  assert(identity !== undefined, "an identity must be published");
  return await openAccount(writeRecoveryCode(code.key), server.read, descriptions, identity);
}

const owner = await someOwner();

Deno.test("One step gives an account its code, identity, signature and backup", async () => {
  const [server, keys] = [new MemorySecrets(), newKeys(1)];
  assertEquals(await setUpAccount(keys, owner, server), { done: true });
  const outcome = await opening(server, keys);
  assert(outcome.done, "the code must open the account");
  assertEquals(Object.keys(outcome.secrets).sort(), Object.values(secretNames).sort());
  const identity = await readIdentity(userID, server.published);
  const object = server.signed(userID, "FIRST", owner.deviceKeys.object);
  const signed = await readDeviceKeys(userID, "FIRST", object);
  assertEquals(await isDeviceSigned(signed, identity), true);
  assertEquals(server.backups.length, 1);
});

Deno.test("Wherever it stops, doing it again with the same keys ends well, and makes nothing twice", async () => {
  for (let calls = 0; calls < 30; calls++) {
    const [server, keys] = [new MemorySecrets(), newKeys(1)];
    server.callsLeft = calls;
    const first = await setUpAccount(keys, owner, server).then(() => true, () => false);
    server.callsLeft = Infinity;
    if (!first) await setUpAccount(keys, owner, server);
    assert((await opening(server, keys)).done, `stopped after ${calls} calls`);
    assertEquals([server.uploads, server.backups.length], [1, 1], `stopped after ${calls} calls`);
    if (first) return assert(calls > 10, "it cannot be done with fewer calls");
  }
  assert(false, "it never ended");
});

Deno.test("A new code for the same keys leaves identity and backup alone", async () => {
  const server = new MemorySecrets();
  const first = newKeys(1);
  await setUpAccount(first, owner, server);
  const second = newKeys(2, first);
  for (let calls = 0; calls < 30; calls++) {
    server.callsLeft = calls;
    const isDone = await setUpAccount(second, owner, server).then(() => true, () => false);
    server.callsLeft = Infinity;
    const open = [(await opening(server, first)).done, (await opening(server, second)).done];
    assert(open.includes(true), `nothing opens after ${calls} calls`);
    if (isDone) break;
  }
  const former = await opening(server, first);
  assert(!former.done && former.reason === "former", "the former code must be recognized");
  assertEquals([former.former.number, server.uploads, server.backups.length], [1, 1, 1]);
});

Deno.test("To begin anew, the server wants the password; until then the former code counts", async () => {
  const server = new MemorySecrets();
  const [first, second] = [newKeys(1), newKeys(2)];
  await setUpAccount(first, owner, server);
  server.password = "secret";
  const outcome = await setUpAccount(second, owner, server);
  assert(!outcome.done, "the password must be asked for");
  assertEquals([(await opening(server, first)).done, server.backups.length], [true, 1]);
  const answer = { session: "s", stage: "m.login.password", password: "secret" } as const;
  assertEquals(await setUpAccount(second, owner, server, answer), { done: true });
  assertEquals([(await opening(server, second)).done, server.backups.length], [true, 2]);
});

Deno.test("What the server puts in the place of secrets or identity opens nothing", async () => {
  const [server, keys, strange] = [new MemorySecrets(), newKeys(1), new MemorySecrets()];
  await setUpAccount(keys, owner, server);
  await setUpAccount(newKeys(1), owner, strange);
  server.published = strange.published;
  assertEquals(await opening(server, keys), { done: false, reason: "wrong" });
  assertEquals(await opening(strange, keys), { done: false, reason: "wrong" });
});
