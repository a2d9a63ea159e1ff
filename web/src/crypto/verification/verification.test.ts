import { assert, assertEquals } from "../../platform/assert.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { randomBytes } from "../primitives/bytes.ts";
import { Chance, damagedJSON } from "../testing/damage.ts";
import type { JsonObject } from "../../platform/json.ts";
import {
  type Outgoing,
  readRequest,
  type VerificationForm,
  verificationSteps,
} from "./messages.ts";
import { sasEmoji } from "./sasEmoji.ts";
import { shortStringOf } from "./sas.ts";
import { type KeysByID, Verification, type VerificationParties } from "./Verification.ts";

const form: VerificationForm = { kind: "to-device", transactionID: "t1" };
const inRoom: VerificationForm = { kind: "room", roomID: "!dm:x", requestID: "$request" };

function keys(deviceID: string): KeysByID {
  const [device, master] = [encodeBase64(randomBytes(32)), encodeBase64(randomBytes(32))];
  return new Map([[`ed25519:${deviceID}`, device], [`ed25519:${master}`, master]]);
}

/** Two people, each with the other's keys. */
function ends(amelie = "@amelie:x", bruno = "@bruno:x") {
  const [a, b] = [keys("AAAA"), keys("BBBB")];
  const partiesA: VerificationParties = {
    own: { userID: amelie, deviceID: "AAAA", keys: a },
    partner: bruno,
    keysOf: (deviceID) => deviceID === "BBBB" ? b : undefined,
  };
  const partiesB: VerificationParties = {
    own: { userID: bruno, deviceID: "BBBB", keys: b },
    partner: amelie,
    keysOf: (deviceID) => deviceID === "AAAA" ? a : undefined,
  };
  return { a, b, partiesA, partiesB };
}

const request = { fromDevice: "AAAA", methods: ["m.sas.v1"], ts: 0 };

function pair(by: VerificationForm = form) {
  const { a, b, partiesA, partiesB } = ends();
  const asker = Verification.asked(by, partiesA, 0);
  const asked = Verification.from(by, partiesB, request, 0);
  return { a, b, asker, asked, partiesA, partiesB };
}

type Tamper = (message: Outgoing) => Outgoing | undefined;

/** Hands messages to and fro, as JSON, until nobody says anything. */
async function talk(
  from: Verification,
  to: Verification,
  messages: readonly Outgoing[],
  tamper: Tamper = (message) => message,
): Promise<void> {
  for (const message of messages) {
    const passed = message.to === "others" ? undefined : tamper(message);
    if (passed === undefined) continue;
    const content = JSON.parse(JSON.stringify(passed.content)) as JsonObject;
    await talk(to, from, await to.receive(passed.step, content, 0), tamper);
  }
}

function shownBy(verification: Verification) {
  const { state } = verification;
  assert(state.phase === "comparing", `not comparing but ${state.phase}`);
  return state.shown;
}

/** Up to where both show something. */
async function compared(by: VerificationForm = form, tamper?: Tamper) {
  const both = pair(by);
  await talk(both.asked, both.asker, await both.asked.accept(0), tamper);
  return both;
}

for (const by of [form, inRoom]) {
  Deno.test(`Both ends show the same, and confirm each other's keys (${by.kind})`, async () => {
    const { a, b, asker, asked } = await compared(by);
    assertEquals(shownBy(asker), shownBy(asked));
    await talk(asker, asked, await asker.confirm());
    assertEquals(asker.state, { phase: "waiting" });
    await talk(asked, asker, await asked.confirm());
    assertEquals(asker.state, { phase: "done", deviceID: "BBBB", verified: b });
    assertEquals(asked.state, { phase: "done", deviceID: "AAAA", verified: a });
  });
}

Deno.test("Messages in a room relate to the request and carry no transaction ID", async () => {
  const { asked } = pair(inRoom);
  for (const { content } of await asked.accept(0)) {
    assertEquals(content["m.relates_to"], { rel_type: "m.reference", event_id: "$request" });
    assertEquals(content.transaction_id, undefined);
  }
});

Deno.test("The bits become pictures and numbers as the specification counts them", () => {
  assertEquals(shortStringOf(new Uint8Array(6)), {
    emoji: [0, 0, 0, 0, 0, 0, 0],
    decimal: [1000, 1000, 1000],
  });
  assertEquals(shortStringOf(new Uint8Array(6).fill(255)), {
    emoji: [63, 63, 63, 63, 63, 63, 63],
    decimal: [9191, 9191, 9191],
  });
  const [b0, b1, b2, b3, b4, b5] = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc] as const;
  assertEquals(shortStringOf(Uint8Array.of(b0, b1, b2, b3, b4, b5)), {
    emoji: [
      b0 >> 2,
      (b0 & 3) << 4 | b1 >> 4,
      (b1 & 15) << 2 | b2 >> 6,
      b2 & 63,
      b3 >> 2,
      (b3 & 3) << 4 | b4 >> 4,
      (b4 & 15) << 2 | b5 >> 6,
    ],
    decimal: [
      (b0 << 5 | b1 >> 3) + 1000,
      ((b1 & 7) << 10 | b2 << 2 | b3 >> 6) + 1000,
      ((b3 & 63) << 7 | b4 >> 1) + 1000,
    ],
  });
  assertEquals([sasEmoji.length, new Set(sasEmoji).size], [64, 64]);
  assertEquals([sasEmoji[0], sasEmoji[63]], ["🐶", "📌"]);
});

Deno.test("Somebody in between who changes the keys is shown, or caught by the promise", async () => {
  const stranger = encodeBase64(randomBytes(32));
  const { asker, asked } = await compared(
    form,
    (message) =>
      message.step === "key"
        ? { ...message, content: { ...message.content, key: stranger } }
        : message,
  );
  // Whoever started has the promise of the other; the other sees other pictures.
  const phases = [asker.state, asked.state].map((state) =>
    state.phase === "cancelled" ? state.code : state.phase
  );
  assert(phases.includes("m.mismatched_commitment"), phases.join());
});

Deno.test("A person who says that it differs ends it for both", async () => {
  const { asker, asked } = await compared();
  await talk(asker, asked, await asker.refuse());
  assertEquals(asker.state, { phase: "cancelled", code: "m.mismatched_sas", byUs: true });
  assertEquals(asked.state, { phase: "cancelled", code: "m.mismatched_sas", byUs: false });
});

Deno.test("A key that is not the one we hold is not confirmed", async () => {
  const { partiesA, partiesB } = ends();
  const lied = { ...partiesB, keysOf: () => keys("AAAA") };
  const asker = Verification.asked(form, partiesA, 0);
  const asked = Verification.from(form, lied, request, 0);
  await talk(asked, asker, await asked.accept(0));
  await talk(asker, asked, await asker.confirm());
  await talk(asked, asker, await asked.confirm());
  assertEquals(asked.state, { phase: "cancelled", code: "m.key_mismatch", byUs: true });
});

Deno.test("Keys that were added to or taken from the list are noticed", async () => {
  for (const change of ["add", "remove", "none"]) {
    const { asker, asked } = await compared();
    const tamper: Tamper = (message) => {
      if (message.step !== "mac") return message;
      const macs = new Map(Object.entries(message.content.mac as JsonObject));
      if (change === "add") macs.set("ed25519:OTHER", "AAAA");
      if (change === "remove") macs.delete([...macs.keys()][0]!);
      if (change === "none") macs.clear();
      return { ...message, content: { ...message.content, mac: Object.fromEntries(macs) } };
    };
    await talk(asker, asked, await asker.confirm(), tamper);
    await talk(asked, asker, await asked.confirm(), tamper);
    assertEquals(asked.state, { phase: "cancelled", code: "m.key_mismatch", byUs: true }, change);
  }
});

Deno.test("A partner who knows the old way of writing MACs alone is understood", async () => {
  const tamper: Tamper = (message) =>
    message.step === "start"
      ? {
        ...message,
        content: { ...message.content, message_authentication_codes: ["hkdf-hmac-sha256"] },
      }
      : message;
  const { asker, asked } = pair();
  // The start reaches the other changed, so the promise does not hold; but the choice is seen.
  const sent = await asked.accept(0);
  const answers: Outgoing[] = [];
  for (const message of sent.map((one) => tamper(one)!)) {
    answers.push(...await asker.receive(message.step, message.content, 0));
  }
  const accept = answers.find(({ step }) => step === "accept");
  assertEquals(accept?.content.message_authentication_code, "hkdf-hmac-sha256");
});

Deno.test("When both begin at once, one start counts", async () => {
  const { asker, asked } = pair();
  const [ready, startOfAsked] = await asked.accept(0);
  await asker.receive("ready", ready!.content, 0);
  const [startOfAsker] = await asker.tick(3_000);
  assertEquals([startOfAsked!.step, startOfAsker!.step], ["start", "start"]);
  // @amelie is the lesser: her start counts, and she ignores the other.
  assertEquals(await asker.receive("start", startOfAsked!.content, 0), []);
  await talk(asked, asker, await asked.receive("start", startOfAsker!.content, 0));
  assertEquals(shownBy(asker), shownBy(asked));
});

Deno.test("The other devices that were asked are told who answered", async () => {
  const { asker, asked } = pair();
  const [ready] = await asked.accept(0);
  const [told] = await asker.receive("ready", ready!.content, 0);
  assertEquals([told?.to, told?.step, told?.content.code], ["others", "cancel", "m.accepted"]);
  const late = { from_device: "CCCC", methods: ["m.sas.v1"], transaction_id: "t1" };
  assertEquals(await asker.receive("ready", late, 0), []);
  assertEquals(asker.state, { phase: "preparing" });
});

Deno.test("A device that we do not hold keys of is not compared with", async () => {
  const { partiesA } = ends();
  const asker = Verification.asked(form, partiesA, 0);
  const ready = { from_device: "CCCC", methods: ["m.sas.v1"], transaction_id: "t1" };
  await asker.receive("ready", ready, 0);
  assertEquals(asker.state, { phase: "cancelled", code: "m.key_mismatch", byUs: true });
});

Deno.test("Requests and comparisons end when their time is over", async () => {
  const { asker, asked } = pair();
  await asked.tick(119_999);
  assertEquals(asked.state.phase, "asked");
  assertEquals(await asked.tick(120_000), []);
  assertEquals(asked.state, { phase: "cancelled", code: "m.timeout", byUs: true });
  const [cancel] = await asker.tick(600_000);
  assertEquals([cancel?.step, cancel?.content.code], ["cancel", "m.timeout"]);
});

Deno.test("A request from the past, the future or for another is not shown", () => {
  const content = { from_device: "AAAA", methods: ["m.sas.v1"], timestamp: 1_000_000_000 };
  const at = (now: number) => readRequest(form, content, "@b:x", undefined, now) !== undefined;
  assertEquals([at(1_000_000_000), at(1_000_600_001), at(999_699_999)], [true, false, false]);
  const forOther = { ...content, to: "@c:x" };
  assertEquals(readRequest(inRoom, forOther, "@b:x", 0, 0), undefined);
  assertEquals(readRequest(inRoom, { ...content, to: "@b:x" }, "@b:x", 0, 0)?.fromDevice, "AAAA");
});

Deno.test("A message out of its order ends it, and an end is not answered", async () => {
  for (const step of ["accept", "key", "mac", "done", "request"] as const) {
    const { asker } = pair();
    const [cancel] = await asker.receive(step, {}, 0);
    assertEquals(cancel?.content.code, "m.unexpected_message");
    assertEquals(await asker.receive("cancel", { code: "m.unexpected_message" }, 0), []);
    assertEquals(await asker.receive(step, {}, 0), []);
  }
});

Deno.test("Damaged and reordered messages never confirm a wrong key, nor break the machine", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const chance = new Chance(seed);
    const { a, b, asker, asked } = pair();
    const tamper: Tamper = (message) => {
      if (chance.below(4) > 0) return message;
      const [content] = damagedJSON(message.content, 1, seed);
      const step = chance.below(4) === 0 ? chance.pick(verificationSteps) : message.step;
      const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
      return isObject ? { ...message, step, content: content as JsonObject } : undefined;
    };
    await talk(asked, asker, await asked.accept(0), tamper);
    await talk(asker, asked, await asker.tick(5_000), tamper);
    await talk(asker, asked, await asker.confirm(), tamper);
    await talk(asked, asker, await asked.confirm(), tamper);
    for (const [{ state }, theirs] of [[asker, b], [asked, a]] as const) {
      if (state.phase !== "done") continue;
      for (const [keyID, key] of state.verified) assertEquals(theirs.get(keyID), key, `${seed}`);
    }
  }
});
