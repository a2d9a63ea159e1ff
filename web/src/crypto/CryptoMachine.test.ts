import { assert, assertEquals } from "../platform/assert.ts";
import type { JsonObject } from "../platform/json.ts";
import { field, objectIn } from "../platform/json.ts";
import { ManualClock } from "../platform/ManualClock.ts";
import { megolmAlgorithm } from "./names.ts";
import { signJSON } from "./primitives/signedJSON.ts";
import { checkRatchets } from "./testing/checkRatchets.ts";
import { MemoryHomeserver } from "./testing/MemoryHomeserver.ts";
import { TestDevice } from "./testing/TestDevice.ts";
import { TestIdentity } from "./testing/TestIdentities.ts";

const [amelie, basile, chloe] = ["@amelie:test", "@basile:test", "@chloe:test"] as const;
const roomID = "!room:test";

/** A server with people who are in one room, and some of their devices, each signed by its owner. */
class Story {
  readonly clock = new ManualClock();
  readonly server = new MemoryHomeserver(() => this.clock.now());

  static async of(...users: readonly string[]): Promise<Story> {
    const story = new Story();
    for (const user of users) {
      story.server.signUp(await TestIdentity.of(user));
      story.server.setMembership(roomID, user, "join");
    }
    return story;
  }

  async device(userID: string, deviceID: string, isSigned = true): Promise<TestDevice> {
    const device = await TestDevice.signIn(this.server, this.clock, userID, deviceID);
    await device.sync();
    if (isSigned) await this.server.signDevice(userID, deviceID);
    return device;
  }
}

async function everybodySyncs(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const device of devices) await device.sync();
  }
}

Deno.test("Members' signed devices read what is written, on both sides", async () => {
  const story = await Story.of(amelie, basile);
  const a = await story.device(amelie, "A");
  const [b1, b2] = [await story.device(basile, "B1"), await story.device(basile, "B2")];
  await everybodySyncs(a, b1, b2);
  await a.say(roomID, "bonjour");
  await everybodySyncs(b1, b2);
  await b1.say(roomID, "salut");
  await everybodySyncs(a, b1, b2);
  for (const device of [a, b1, b2]) assertEquals(await device.texts(), ["bonjour", "salut"]);
  const outcome = await b2.outcomeOf("bonjour");
  assertEquals(outcome?.kind === "readable" && outcome.origin, { trust: "signed", deviceID: "A" });
});

Deno.test("A device that its owner has not signed is told why; once signed it is given the key", async () => {
  const story = await Story.of(amelie, basile);
  const a = await story.device(amelie, "A");
  const b = await story.device(basile, "B", false);
  await everybodySyncs(a, b);
  await a.say(roomID, "un");
  await a.say(roomID, "deux");
  await everybodySyncs(b);
  assertEquals([...(await b.reasons()).values()], ["m.unverified", "m.unverified"]);
  await story.server.signDevice(basile, "B");
  await everybodySyncs(a, b);
  assertEquals(await b.texts(), ["un", "deux"]);
});

Deno.test("A device that the server adds is given nothing", async () => {
  const story = await Story.of(amelie, basile);
  const a = await story.device(amelie, "A");
  const b = await story.device(basile, "B");
  await everybodySyncs(a, b);
  const spy = await story.device(basile, "SPY", false);
  await everybodySyncs(a, b, spy);
  await a.say(roomID, "confidentiel");
  await everybodySyncs(a, b, spy);
  assertEquals(await b.texts(), ["confidentiel"]);
  assertEquals(await spy.texts(), []);
});

Deno.test("Who leaves reads nothing more, even having come back in between", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  const c = await story.device(chloe, "C");
  await everybodySyncs(a, b, c);
  await a.say(roomID, "à trois");
  await everybodySyncs(b, c);
  const first = story.server.events.at(-1)?.content["session_id"];
  story.server.setMembership(roomID, chloe, "leave");
  await everybodySyncs(a, b, c);
  await a.say(roomID, "à deux");
  await everybodySyncs(a, b, c);
  const second = story.server.events.at(-1)?.content["session_id"];
  assert(first !== second, "the same session went on");
  assertEquals(await c.texts(), ["à trois"]);
  assertEquals(await b.texts(), ["à trois", "à deux"]);
  // Out and in again between two messages: whoever has the key may not be the same any more.
  story.server.setMembership(roomID, basile, "leave");
  story.server.setMembership(roomID, basile, "join");
  await everybodySyncs(a, b);
  await a.say(roomID, "encore");
  assert(story.server.events.at(-1)?.content["session_id"] !== second, "the same session went on");
  await everybodySyncs(b);
  assertEquals(await b.texts(), ["à trois", "à deux", "encore"]);
});

Deno.test("A session ends after a hundred messages, after a week, and with a device", async () => {
  const story = await Story.of(amelie, basile);
  const a = await story.device(amelie, "A");
  const [b, old] = [await story.device(basile, "B"), await story.device(basile, "OLD")];
  await everybodySyncs(a, b, old);
  const sessions: unknown[] = [];
  const say = async (text: string) => {
    await a.say(roomID, text);
    sessions.push(story.server.events.at(-1)?.content["session_id"]);
  };
  for (let index = 0; index < 101; index++) await say(String(index));
  assertEquals(new Set(sessions).size, 2);
  assertEquals(new Set(sessions.slice(0, 100)).size, 1);
  await story.clock.advance(7 * 24 * 60 * 60_000);
  await say("a week later");
  assertEquals(new Set(sessions).size, 3);
  story.server.signOut(basile, "OLD");
  await everybodySyncs(a, b);
  await say("without the old phone");
  assertEquals(new Set(sessions).size, 4);
  await everybodySyncs(b);
  assertEquals((await b.texts()).length, 103);
});

Deno.test("One-time keys are filled up, given once, and a used fallback key is replaced", async () => {
  const story = await Story.of(amelie, basile);
  const b = await story.device(basile, "B");
  const server = story.server.keyServer(amelie, "A");
  const claimed = new Set<string>();
  const claim = async () => {
    const answer = await server.claim(new Map([[basile, ["B"]]]));
    const keys = objectIn(field(field(answer, "one_time_keys"), basile), "B") ?? {};
    for (const [id, key] of Object.entries(keys)) {
      const isFallback = field(key, "fallback") === true;
      assert(isFallback || !claimed.has(id), "a one-time key was given twice");
      claimed.add(id);
      return isFallback;
    }
    return undefined;
  };
  for (let index = 0; index < 50; index++) assertEquals(await claim(), false);
  assertEquals([await claim(), await claim()], [true, true]);
  const before = claimed.size;
  await b.sync();
  assertEquals(await claim(), false);
  for (let index = 0; index < 49; index++) await claim();
  assertEquals(await claim(), true);
  assertEquals(claimed.size, before + 51, "a new fallback key");
});

Deno.test("A session opened by fallback key works; without any key the device heals later", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  story.server.dropOneTimeKeys(basile, "B");
  await a.say(roomID, "un");
  assertEquals(story.server.sent.map(({ content }) => content["code"]).includes("m.no_olm"), true);
  await b.sync();
  await story.clock.advance(61_000);
  await a.sync();
  await everybodySyncs(b);
  assertEquals(await b.texts(), ["un"]);
});

Deno.test("A device thrown back to an old copy gets a new session, and what it missed", async () => {
  const story = await Story.of(amelie, basile);
  const a = await story.device(amelie, "A");
  let b = await story.device(basile, "B");
  await everybodySyncs(a, b);
  const speak = async (from: TestDevice, to: TestDevice, text: string) => {
    // Somebody passing by makes everybody begin new sessions, so that Olm is used each time.
    story.server.setMembership(roomID, chloe, "join");
    story.server.setMembership(roomID, chloe, "leave");
    await everybodySyncs(from);
    await from.say(roomID, text);
    await to.sync();
  };
  await speak(b, a, "premier");
  await speak(a, b, "deuxième");
  const copy = await b.crash();
  b = await copy.crash();
  for (let turn = 0; turn < 3; turn++) {
    await speak(b, a, `aller ${turn}`);
    await speak(a, b, `retour ${turn}`);
  }
  b = await b.restoredFrom(copy);
  await speak(a, b, "perdu");
  assert(!(await b.texts()).includes("perdu"), "the ratchet was not thrown back");
  await everybodySyncs(b, a, b);
  assert((await b.texts()).includes("perdu"), `unread: ${[...(await b.reasons()).values()]}`);
  await speak(b, a, "reçu");
  assert((await a.texts()).includes("reçu"), "the other way");
});

Deno.test("A replayed message, one moved to another room, and one by another are told apart", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "virement approuvé");
  const { content } = story.server.events.at(-1) ?? { content: {} };
  await everybodySyncs(b);
  story.server.send(roomID, amelie, "m.room.encrypted", content, "replay");
  await everybodySyncs(b);
  assertEquals([...(await b.reasons()).values()], ["replayed"]);

  await a.say(roomID, "autre");
  const other = story.server.events.pop()?.content ?? {};
  story.server.send(roomID, chloe, "m.room.encrypted", other, "forged");
  await everybodySyncs(b);
  assertEquals([...(await b.reasons()).values()], ["replayed", "forged"]);
  assertEquals(await b.texts(), ["virement approuvé"]);

  for (const user of [amelie, basile]) story.server.setMembership("!other:test", user, "join");
  story.server.send("!other:test", amelie, "m.room.encrypted", content, "moved");
  await everybodySyncs(b);
  assertEquals([...(await b.reasons()).values()], ["replayed", "forged", "missing"]);
});

Deno.test("Room keys in the clear, unasked, for another, or by Megolm are not taken", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  const c = await story.device(chloe, "C");
  await everybodySyncs(a, b, c);
  await a.say(roomID, "pour tous");
  const session = { roomID, id: String(story.server.events.at(-1)?.content["session_id"]) };
  const key = await a.machine.keys.find(roomID, session.id);
  const forwarded: JsonObject = {
    algorithm: megolmAlgorithm,
    room_id: roomID,
    session_id: session.id,
    session_key: key?.session.exportedKey(),
    sender_key: a.machine.account.curve25519,
    sender_claimed_ed25519_key: a.machine.account.ed25519,
    forwarding_curve25519_key_chain: [],
  };
  const d = await story.device(basile, "D");
  for (const type of ["m.room_key", "m.forwarded_room_key"]) {
    story.server.inject(basile, "D", { type, sender: amelie, content: forwarded });
    await c.machine.sendToDevices([{ userID: basile, deviceID: "D" }], type, forwarded);
  }
  const megolm = { algorithm: megolmAlgorithm, session_id: session.id, ciphertext: "AAAA" };
  story.server.inject(basile, "D", { type: "m.room.encrypted", sender: amelie, content: megolm });
  const news = await d.sync();
  assertEquals(news.sessions, []);
  assertEquals(news.toDevice, []);
  assertEquals(await d.texts(), []);
});

Deno.test("Our own signed device is given what it asks for; another's is not heard", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "avant le nouveau téléphone");
  await everybodySyncs(b);
  const phone = await story.device(basile, "PHONE");
  const c = await story.device(chloe, "C");
  const unsigned = await story.device(basile, "SPY", false);
  await everybodySyncs(phone, c, unsigned, b, phone, c, unsigned);
  assertEquals(await phone.texts(), ["avant le nouveau téléphone"]);
  assertEquals(await c.texts(), []);
  assertEquals(await unsigned.texts(), []);
  const outcome = await phone.outcomeOf("avant le nouveau téléphone");
  assertEquals(
    outcome?.kind === "readable" && outcome.origin,
    { trust: "unauthenticated", deviceID: "A" },
  );
});

Deno.test("A device whose keys the server exchanged stays what it was", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "d'abord");
  const impostor = await TestDevice.signIn(new MemoryHomeserver(() => 0), story.clock, basile, "B")
    .catch(() => undefined);
  assert(impostor !== undefined, "an impostor with the same names");
  story.server.tamper(basile, "B", impostor.machine.account.deviceKeys);
  await a.sync();
  await a.say(roomID, "secret");
  await b.sync();
  assertEquals(await b.texts(), ["d'abord", "secret"]);
});

Deno.test("Somebody else's device under our key takes nothing from us", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  // Chloé publishes Basile's Curve25519 key as her own, signs it, and is asked for first.
  const c = await story.device(chloe, "C");
  const stolen = {
    ...c.machine.account.deviceKeys,
    signatures: {},
    keys: {
      "curve25519:C": b.machine.account.curve25519,
      "ed25519:C": c.machine.account.ed25519,
    },
  };
  story.server.tamper(chloe, "C", await c.machine.account.sign(stolen));
  await story.server.signDevice(chloe, "C");
  await a.sync();
  await a.say(roomID, "pour Basile aussi");
  await everybodySyncs(b);
  assertEquals(await b.texts(), ["pour Basile aussi"]);
});

Deno.test("Whoever passes a session on as theirs neither writes in it nor silences its maker", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  const c = await story.device(chloe, "C");
  await everybodySyncs(a, b, c);
  await a.say(roomID, "un");
  const id = String(story.server.events.at(-1)?.content["session_id"]);
  const own = await a.machine.keys.find(roomID, id);
  assert(own !== undefined, "the session that was begun");
  // Chloé is given the key, and is the first from whom Basile has it. As she cannot sign another
  // form of it, she sends the one she got.
  const outbound = await a.sharedKey(roomID);
  const late = await story.device(basile, "B2");
  await c.machine.sendToDevices([{ userID: basile, deviceID: "B2" }], "m.room_key", {
    ...{ algorithm: megolmAlgorithm, room_id: roomID, session_id: id, session_key: outbound },
  });
  await everybodySyncs(late);
  await everybodySyncs(a);
  await a.say(roomID, "deux");
  await everybodySyncs(b, late, a, late);
  assertEquals(await b.texts(), ["un", "deux"]);
  assert((await late.texts()).includes("deux"), `${[...(await late.reasons()).values()]}`);
  const outcome = await late.outcomeOf("deux");
  assertEquals(outcome?.kind === "readable" && outcome.origin.deviceID, "A");
  const event = story.server.events.at(-1);
  story.server.send(roomID, chloe, "m.room.encrypted", event?.content ?? {}, "as Chloé");
  await everybodySyncs(late);
  assertEquals([...(await late.reasons()).values()], ["replayed"]);
});

Deno.test("Two people who publish the same keys get two messages, of two keys", async () => {
  const story = await Story.of(amelie, basile, chloe);
  const [a, c] = [await story.device(amelie, "A"), await story.device(chloe, "C")];
  await everybodySyncs(a, c);
  await a.say(roomID, "à toi");
  const { account } = c.machine;
  const twin = await signJSON(
    {
      ...account.deviceKeys,
      ...{ user_id: basile, device_id: "TWIN", signatures: {} },
      keys: { "curve25519:TWIN": account.curve25519, "ed25519:TWIN": account.ed25519 },
    },
    ...[basile, "ed25519:TWIN", account.identity.ed25519.privateKey] as const,
  );
  story.server.tamper(basile, "TWIN", twin);
  await story.server.signDevice(basile, "TWIN");
  // Somebody passes by, so that both are given the key of a new session at once.
  story.server.setMembership(roomID, "@dora:test", "join");
  story.server.setMembership(roomID, "@dora:test", "leave");
  await everybodySyncs(a, c);
  const before = story.server.sent.length;
  await a.say(roomID, "à toutes deux");
  await everybodySyncs(c);
  assertEquals(await c.texts(), ["à toi", "à toutes deux"]);
  assertEquals(story.server.sent.length, before + 2);
  checkRatchets(story.server);
});

Deno.test("Hostile to-device events of every kind leave the others readable", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "intact");
  const good = story.server.sent.find(({ type }) => type === "m.room.encrypted")?.content ?? {};
  const key = b.machine.account.curve25519;
  const contents: unknown[] = [
    ...[null, 5, "x", [], {}, { algorithm: 5 }, { ...good, sender_key: "x" }],
    ...[{ ...good, ciphertext: { [key]: { type: 7, body: "AAAA" } } }],
    ...[{ ...good, ciphertext: { [key]: { type: 0, body: "AAAA" } } }],
    ...[{ ...good, ciphertext: { [key]: { type: 1, body: "A".repeat(200_000) } } }],
    ...[{ ...good, ciphertext: [] }, { ...good, ciphertext: { [key]: null } }],
  ];
  for (const content of contents) {
    for (const type of ["m.room.encrypted", "m.room_key_request", "m.room_key.withheld", "m.x"]) {
      story.server.inject(basile, "B", { type, sender: amelie, content });
      story.server.inject(basile, "B", { type, content });
    }
  }
  story.server.inject(basile, "B", { type: "m.room.encrypted", sender: amelie, content: good });
  story.server.inject(basile, "B", { type: "m.room.encrypted", sender: basile, content: good });
  await everybodySyncs(b, a, b);
  assertEquals(await b.texts(), ["intact"]);
});

Deno.test("What is stored tells no ratchet, no room key and no text", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "introuvable");
  await everybodySyncs(b);
  const id = String(story.server.events.at(-1)?.content["session_id"]);
  for (const device of [a, b]) {
    const stored = await device.stored();
    assert(stored.includes(id), "the session is there");
    const known = await device.machine.keys.find(roomID, id);
    const { parts } = known?.session.key.ratchet ?? { parts: new Uint8Array() };
    const spelled = JSON.stringify(parts).slice(1, -1);
    assert(parts.length === 128 && !stored.includes(spelled), "the ratchet is in the clear");
    assert(!stored.includes("introuvable"), "the text is in the clear");
  }
});

Deno.test("No private key that is stored can be taken out of the browser", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "un");
  await everybodySyncs(b);
  await b.say(roomID, "deux");
  await everybodySyncs(a);
  for (const device of [a, b]) {
    const keys = await device.storedKeys();
    // Fifty one-time keys, a fallback key, two of identity, the sealing key, ratchets, Megolm's.
    assert(keys.length > 54, `only ${keys.length} keys`);
    const names = new Set(keys.map((key) => `${key.type} ${key.algorithm.name}`));
    assertEquals([...names].sort(), ["private Ed25519", "private X25519", "secret AES-GCM"]);
    for (const key of keys) assert(!key.extractable, `${key.algorithm.name} can be taken out`);
  }
});

Deno.test("Whose identity changed is given no keys, and what they write is marked", async () => {
  const story = await Story.of(amelie, basile);
  const [a, b] = [await story.device(amelie, "A"), await story.device(basile, "B")];
  await everybodySyncs(a, b);
  await a.say(roomID, "un");
  await everybodySyncs(b);
  story.server.replaceIdentity(await TestIdentity.of(basile));
  await story.server.signDevice(basile, "B");
  const spy = await story.device(basile, "SPY");
  await everybodySyncs(a, b, spy);
  await a.say(roomID, "deux");
  await b.say(roomID, "c'est bien moi");
  await everybodySyncs(a, b, spy);
  assertEquals(await spy.texts(), []);
  assertEquals(await b.texts(), ["un", "c'est bien moi"]);
  const outcome = await a.outcomeOf("c'est bien moi");
  assertEquals(outcome?.kind === "readable" && outcome.origin.trust, "changed");
});
