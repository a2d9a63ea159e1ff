import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { generateEd25519, importEd25519 } from "../primitives/ed25519.ts";
import { signJSON } from "../primitives/signedJSON.ts";
import { generateX25519 } from "../primitives/x25519.ts";
import { damagedJSON } from "../testing/damage.ts";
import { asObject, type JsonObject } from "../../platform/json.ts";
import { PinnedIdentities } from "./PinnedIdentities.ts";
import { readDeviceKeys } from "./deviceKeys.ts";
import {
  isDeviceSigned,
  isIdentitySigned,
  type PublicIdentity,
  readIdentity,
} from "./publicIdentity.ts";
import {
  generateSeeds,
  identityOf,
  openSeed,
  publishSeeds,
  signDevice,
  signIdentity,
  signOwnMaster,
} from "./signingKeys.ts";
import { accept, deviceTrust, identityTrust, mayReceiveKeys, pinAfter } from "./trust.ts";

async function someDevice(userID: string, deviceID: string) {
  const [signing, curve] = await Promise.all([generateEd25519(), generateX25519()]);
  const bare = {
    user_id: userID,
    device_id: deviceID,
    algorithms: ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
    keys: {
      [`ed25519:${deviceID}`]: encodeBase64(signing.publicKey),
      [`curve25519:${deviceID}`]: encodeBase64(curve.publicKey),
    },
  };
  const object = await signJSON(bare, userID, `ed25519:${deviceID}`, signing.privateKey);
  return { deviceID, privateKey: signing.privateKey, object };
}

async function somebody(userID: string) {
  const seeds = generateSeeds();
  const device = await someDevice(userID, "FIRST");
  const upload = await publishSeeds(userID, seeds, device);
  const published = {
    master: upload.master_key,
    selfSigning: upload.self_signing_key,
    userSigning: upload.user_signing_key,
  };
  const identity = await readIdentity(userID, published);
  assert(identity !== undefined, "what we publish must be an identity");
  return { userID, seeds, device, upload, published, identity };
}

/** The object with the signatures of an upload merged in, as a server does it. */
function merged(object: unknown, uploaded: unknown): object {
  const [a, b] = [object, uploaded] as { signatures?: Record<string, object> }[];
  const signatures = { ...a?.signatures };
  for (const [user, more] of Object.entries(b?.signatures ?? {})) {
    signatures[user] = { ...signatures[user], ...more };
  }
  return { ...a, signatures };
}

/** Their first device, with the signature of their self-signing key. */
async function signedDevice(
  { userID, device, identity, seeds }: Awaited<ReturnType<typeof somebody>>,
) {
  const keys = await readDeviceKeys(userID, "FIRST", device.object);
  const upload = await signDevice(keys, identity, await importEd25519(seeds.selfSigning));
  return merged(device.object, upload[userID]?.FIRST) as JsonObject;
}

const amelie = await somebody("@amelie:culture.example");
const bruno = await somebody("@bruno:interieur.example");

Deno.test("Published keys form a chain from the master key", () => {
  const { identity, upload } = amelie;
  assert(identity.selfSigning !== undefined && identity.userSigning !== undefined, "all three");
  assertEquals(identityOf(amelie.userID, upload).master.keyID, identity.master.keyID);
});

Deno.test("A key that the master key did not sign vouches for nothing", async () => {
  const other = await somebody(amelie.userID);
  const mixed = await readIdentity(amelie.userID, {
    ...amelie.published,
    selfSigning: other.published.selfSigning,
  });
  assertEquals(mixed?.selfSigning, undefined);
  assertEquals(await readIdentity(amelie.userID, {}), undefined);
  // The same key in two roles.
  const seeds = { ...amelie.seeds, userSigning: amelie.seeds.selfSigning };
  const twice = await publishSeeds(amelie.userID, seeds, amelie.device);
  const read = await readIdentity(amelie.userID, {
    master: twice.master_key,
    selfSigning: twice.self_signing_key,
    userSigning: twice.user_signing_key,
  });
  assertEquals(read?.userSigning, undefined);
  // A master key as a self-signing key; another's keys; a wrong use.
  for (const selfSigning of [amelie.published.master, bruno.published.selfSigning, 5, {}]) {
    const identity = await readIdentity(amelie.userID, { ...amelie.published, selfSigning });
    assertEquals(identity?.selfSigning, undefined);
  }
});

Deno.test("What stands for a master key and is none is refused", async () => {
  for (const master of [null, {}, bruno.published.master, amelie.published.selfSigning]) {
    await assertRejects(readIdentity(amelie.userID, { master }), "BAD_FORMAT");
  }
});

Deno.test("A device is signed by its owner's self-signing key alone", async () => {
  const pair = await importEd25519(amelie.seeds.selfSigning);
  const added = await someDevice(amelie.userID, "SECOND");
  const device = await readDeviceKeys(amelie.userID, "SECOND", added.object);
  assertEquals(await isDeviceSigned(device, amelie.identity), false);
  const uploaded = await signDevice(device, amelie.identity, pair);
  const whole = merged(added.object, uploaded[amelie.userID]?.SECOND);
  const signed = await readDeviceKeys(amelie.userID, "SECOND", whole);
  assertEquals(await isDeviceSigned(signed, amelie.identity), true);
  assertEquals(await isDeviceSigned(signed, bruno.identity), false);
  assertEquals(await isDeviceSigned(signed, undefined), false);
  // Signed by the master key instead.
  const master = await importEd25519(amelie.seeds.master);
  const wrong = await signDevice(device, amelie.identity, master);
  const byMaster = merged(added.object, wrong[amelie.userID]?.SECOND);
  const read = await readDeviceKeys(amelie.userID, "SECOND", byMaster);
  assertEquals(await isDeviceSigned(read, amelie.identity), false);
});

Deno.test("A device with the name of a signing key is never signed nor taken for signed", async () => {
  const name = encodeBase64(amelie.identity.master.publicKey);
  const lie = await someDevice(amelie.userID, name);
  const device = await readDeviceKeys(amelie.userID, name, lie.object);
  const pair = await importEd25519(amelie.seeds.selfSigning);
  await assertRejects(signDevice(device, amelie.identity, pair), "BAD_KEY");
  const keyID = amelie.identity.selfSigning!.keyID;
  const forged = await signJSON(lie.object, amelie.userID, keyID, pair.privateKey);
  const read = await readDeviceKeys(amelie.userID, name, forged);
  assertEquals(await isDeviceSigned(read, amelie.identity), false);
});

Deno.test("A device under another name, or changed after its signature, is refused", async () => {
  const { object } = amelie.device;
  await readDeviceKeys(amelie.userID, "FIRST", { ...object, unsigned: { anything: 1 } });
  await assertRejects(readDeviceKeys(bruno.userID, "FIRST", object), "BAD_FORMAT");
  await assertRejects(readDeviceKeys(amelie.userID, "OTHER", object), "BAD_FORMAT");
  const changed = { ...object, algorithms: [] };
  await assertRejects(readDeviceKeys(amelie.userID, "FIRST", changed), "BAD_SIGNATURE");
});

Deno.test("Confirming somebody signs their master key, for ourselves alone", async () => {
  const pair = await openSeed(amelie.seeds.userSigning, amelie.identity.userSigning!);
  const uploaded = await signIdentity(bruno.identity, amelie.identity, pair);
  const master = encodeBase64(bruno.identity.master.publicKey);
  const seen = await readIdentity(bruno.userID, {
    ...bruno.published,
    master: merged(bruno.published.master, uploaded[bruno.userID]?.[master]),
  });
  assertEquals(await isIdentitySigned(seen!, amelie.identity), true);
  assertEquals(await isIdentitySigned(bruno.identity, amelie.identity), false);
  assertEquals(await isIdentitySigned(seen!, bruno.identity), false);
  await assertRejects(signIdentity(amelie.identity, amelie.identity, pair), "BAD_KEY");
  const own = await signOwnMaster(amelie.identity, amelie.device);
  assertEquals(Object.keys(own), [amelie.userID]);
});

Deno.test("A seed that is not that of the published key opens nothing", async () => {
  await assertRejects(openSeed(bruno.seeds.master, amelie.identity.master), "BAD_KEY");
  await assertRejects(openSeed(new Uint8Array(31), amelie.identity.master), "BAD_KEY");
});

Deno.test("The first identity is pinned, and only the person moves the pin", async () => {
  const first = amelie.identity;
  const second: PublicIdentity = (await somebody(amelie.userID)).identity;
  assertEquals(identityTrust(undefined, undefined, false), "none");
  assertEquals(identityTrust(first, undefined, false), "pinned");
  const pin = pinAfter(first, undefined, false)!;
  assertEquals(identityTrust(first, pin, false), "pinned");
  assertEquals(identityTrust(second, pin, false), "changed");
  assertEquals(pinAfter(second, pin, false), pin);
  assertEquals(pinAfter(undefined, pin, false), pin);
  assertEquals(identityTrust(undefined, pin, false), "changed");
  assertEquals(identityTrust(second, accept(second), false), "pinned");
});

Deno.test("A confirmed identity that changes is told apart; one whose signature is hidden stays", async () => {
  const first = amelie.identity;
  const second = (await somebody(amelie.userID)).identity;
  const pin = pinAfter(first, undefined, true)!;
  assertEquals(identityTrust(first, pin, true), "verified");
  assertEquals(identityTrust(second, pin, false), "changed-verified");
  assertEquals(identityTrust(first, pin, false), "verified");
  assertEquals(identityTrust(first, accept(first), false), "pinned");
  assertEquals(identityTrust(undefined, pin, false), "changed-verified");
  assertEquals(identityTrust(second, pin, true), "verified");
  assertEquals(pinAfter(second, pin, true)?.wasVerified, true);
});

Deno.test("Messages become readable for signed devices alone, unless the setting relaxes it", () => {
  assertEquals(deviceTrust(true, "pinned"), "signed");
  assertEquals(deviceTrust(true, "verified"), "verified");
  assertEquals(deviceTrust(false, "verified"), "unknown");
  assertEquals(deviceTrust(true, "none"), "unknown");
  assertEquals(deviceTrust(true, "changed"), "changed");
  assertEquals(deviceTrust(false, "changed-verified"), "changed");
  const may = (relaxed: boolean) =>
    (["unknown", "signed", "verified", "changed"] as const)
      .filter((trust) => mayReceiveKeys(trust, relaxed));
  assertEquals(may(false), ["signed", "verified"]);
  assertEquals(may(true), ["unknown", "signed", "verified"]);
});

Deno.test("People are pinned when first seen, confirmed by our signature, and told when they change", async () => {
  const pinned = new PinnedIdentities(amelie.userID);
  const devices = new Map([["FIRST", await signedDevice(bruno)]]);
  const own0 =
    (await pinned.judge(amelie.userID, amelie.published, new Map(), undefined, undefined))
      .remembered;
  const first = await pinned.judge(bruno.userID, bruno.published, devices, undefined, own0);
  assertEquals(first.trust.get("FIRST"), "signed");
  // Our signature counts only where our own identity is confirmed.
  const pair = await importEd25519(amelie.seeds.userSigning);
  const upload = await signIdentity(bruno.identity, amelie.identity, pair);
  const master = encodeBase64(bruno.identity.master.publicKey);
  const published = {
    ...bruno.published,
    master: merged(bruno.published.master, upload[bruno.userID]?.[master]),
  };
  const before = await pinned.judge(bruno.userID, published, devices, first.remembered, own0);
  assertEquals(before.trust.get("FIRST"), "signed");
  const ownMaster = encodeBase64(amelie.identity.master.publicKey);
  const own = await pinned.confirm(amelie.userID, ownMaster, own0);
  const after = await pinned.judge(bruno.userID, published, devices, before.remembered, own);
  assertEquals(after.trust.get("FIRST"), "verified");
  // Somebody else under the same name.
  const other = await somebody(bruno.userID);
  const theirs = new Map([["FIRST", await signedDevice(other)]]);
  const changed = await pinned.judge(bruno.userID, other.published, theirs, after.remembered, own);
  assertEquals(changed.trust.get("FIRST"), "changed");
  assertEquals(await pinned.trustOf(bruno.userID, changed.remembered, own), "changed-verified");
  assertEquals(await pinned.acceptChange(bruno.userID, master, changed.remembered), undefined);
  const newMaster = encodeBase64(other.identity.master.publicKey);
  const accepted = await pinned.acceptChange(bruno.userID, newMaster, changed.remembered);
  const again = await pinned.judge(bruno.userID, other.published, theirs, accepted, own);
  assertEquals(again.trust.get("FIRST"), "signed");
  // What is remembered goes through storage.
  const stored = JSON.parse(JSON.stringify(again.remembered));
  assertEquals(await pinned.trustOf(bruno.userID, stored, own), "pinned");
});

Deno.test("A server cannot confirm our own identity, nor take one away unseen", async () => {
  const pinned = new PinnedIdentities(amelie.userID);
  const none = new Map<string, never>();
  const seen = await pinned.judge(amelie.userID, amelie.published, none, undefined, undefined);
  assertEquals(await pinned.trustOf(amelie.userID, seen.remembered, seen.remembered), "pinned");
  const master = encodeBase64(amelie.identity.master.publicKey);
  const own = await pinned.confirm(amelie.userID, master, seen.remembered);
  const gone = await pinned.judge(amelie.userID, {}, none, own, own);
  assertEquals(await pinned.trustOf(amelie.userID, gone.remembered, own), "changed-verified");
  const back = await pinned.judge(amelie.userID, amelie.published, none, gone.remembered, own);
  assertEquals(await pinned.trustOf(amelie.userID, back.remembered, own), "verified");
});

Deno.test("Damaged keys from a server are read or refused, and nothing else", async () => {
  for (const damaged of damagedJSON(amelie.device.object, 500)) {
    await readDeviceKeys(amelie.userID, "FIRST", damaged)
      .catch((error) => assertEquals(error.name, "CryptoError"));
  }
  for (const damaged of damagedJSON(amelie.published, 500)) {
    await readIdentity(amelie.userID, damaged as typeof amelie.published ?? {})
      .catch((error) => assertEquals(error.name, "CryptoError"));
    const devices = new Map([["FIRST", asObject(damaged) ?? {}]]);
    const pinned = new PinnedIdentities(bruno.userID);
    const published = asObject(damaged) ?? {};
    const { trust } = await pinned.judge(amelie.userID, published, devices, published, published);
    assert(trust.get("FIRST") !== "verified", "nothing damaged is confirmed");
  }
});
