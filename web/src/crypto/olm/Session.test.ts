import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { generateSealingKey } from "../primitives/aes.ts";
import { decodeBase64, encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, decodeUTF8, encodeUTF8, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { generateX25519 } from "../primitives/x25519.ts";
import { generateIdentityKeys } from "./IdentityKeys.ts";
import { messageBytes, type OlmMessage, readPreKeyMessage } from "./messages.ts";
import { acceptSession, decrypt, encrypt, openSession, type Session } from "./Session.ts";
import { restoreSession, storeSession } from "./storedSession.ts";

Deno.test("A session begins with pre-key messages and goes on with normal ones", async () => {
  const { alice, bob } = await twoEnds();
  assertEquals(alice.session.id, bob.session.id);
  assertEquals(await alice.tells(bob, "encore"), 0);
  assertEquals(await bob.tells(alice, "oui"), 1);
  assertEquals(await alice.tells(bob, "bien"), 1);
});

Deno.test("Messages lost, late and out of order are read; none is read twice", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new ManualClock(0, seed);
    const { alice, bob } = await twoEnds();
    const under: { to: End; message: OlmMessage; text: string }[] = [];
    const read: typeof under = [];
    for (let turn = 0; turn < 150; turn++) {
      const [from, to] = random.random() < 0.5 ? [alice, bob] : [bob, alice];
      const text = `${seed} ${turn} ${"é".repeat(random.random() * 40)}`;
      under.push({ to, message: await from.says(text), text });
      while (under.length > 6 || (under.length > 0 && random.random() < 0.4)) {
        const [next] = under.splice(random.random() * under.length, 1);
        if (next === undefined || random.random() < 0.1) continue;
        assertEquals(await next.to.reads(next.message), next.text);
        read.push(next);
      }
    }
    for (const old of read.slice(-3)) {
      await assertRejects(old.to.reads(old.message), "USED_UP");
    }
  }
});

Deno.test("Of what was skipped, the last forty in a chain can still be read", async () => {
  const { alice, bob } = await twoEnds();
  const messages: OlmMessage[] = [];
  for (let index = 0; index < 60; index++) messages.push(await alice.says(String(index)));
  assertEquals(await bob.reads(messages[59]), "59");
  for (let index = 0; index < 59; index++) {
    if (index < 19) await assertRejects(bob.reads(messages[index]), "USED_UP");
    else assertEquals(await bob.reads(messages[index]), String(index));
  }
});

Deno.test("A message far ahead is refused, and costs nothing of what comes before", async () => {
  const { alice, bob } = await twoEnds();
  const next = await alice.says("next");
  const { sending } = alice.session;
  assert(sending !== undefined, "alice sends");
  const ahead: Session = { ...alice.session, sending: { ...sending, index: 5000 } };
  const { message } = await encrypt(ahead, encodeUTF8("ahead"));
  await assertRejects(bob.reads(message), "TOO_FAR");
  assertEquals(await bob.reads(next), "next");
});

Deno.test("Five chains of theirs are kept", async () => {
  const { alice, bob } = await twoEnds();
  const late: OlmMessage[] = [];
  for (let turn = 0; turn < 8; turn++) {
    late.push(await alice.says(`late ${turn}`));
    await alice.tells(bob, "now");
    await bob.tells(alice, "answer");
  }
  assertEquals(bob.session.receiving.length, 5);
  for (const [turn, message] of late.entries()) {
    if (turn < 3) await assertRejects(bob.reads(message), "BAD_MAC");
    else assertEquals(await bob.reads(message), `late ${turn}`);
  }
});

Deno.test("A session is a value: what failed, and what was not stored, leaves it as it was", async () => {
  const { alice, bob } = await twoEnds();
  const before = alice.session;
  const { message } = await encrypt(before, encodeUTF8("one"));
  const again = await encrypt(before, encodeUTF8("two"));
  assertEquals(alice.session === before, true);
  assertEquals(await bob.reads(again.message), "two");
  // Both were encrypted with the same key: the reason why the advanced session is stored first.
  await assertRejects(bob.reads(message), "USED_UP");
});

Deno.test("Any damage to a message is a typed failure, and the true one is still read", async () => {
  const { alice, bob } = await twoEnds();
  for (const kind of [0, 1] as const) {
    if (kind === 1) await bob.tells(alice, "answer");
    const message = await alice.says("dépêche");
    assertEquals(message.type, kind);
    const bytes = decodeBase64(message.body);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.map((byte, index) => index === at ? byte ^ 1 << at % 8 : byte);
      await refused(bob, kind, damaged);
      await refused(bob, kind, bytes.slice(0, at));
    }
    for (let run = 0; run < 300; run++) await refused(bob, kind, randomBytes(run));
    await assertRejects(bob.reads({ type: kind, body: "A".repeat(200_000) }), "TOO_LARGE");
    assertEquals(await bob.reads(message), "dépêche");
  }
});

Deno.test("A stored session opens under its own key, and holds no secret in the clear", async () => {
  const [key, other] = await Promise.all([generateSealingKey(), generateSealingKey()]);
  const { alice, bob } = await twoEnds();
  await alice.says("lost");
  for (let turn = 0; turn < 6; turn++) {
    for (const end of [alice, bob]) {
      const stored = structuredClone(await storeSession(end.session, key));
      const plain = Array.from(new Uint8Array(stored.secrets)).join();
      assert(!plain.includes(Array.from(end.session.rootKey).join()), "the root key is in there");
      await assertRejects(restoreSession(stored, other), "BAD_MAC");
      await assertRejects(restoreSession({ ...stored, id: "another" }, key), "BAD_MAC");
      end.session = await restoreSession(stored, key);
    }
    await alice.tells(bob, "a");
    if (turn % 2 === 0) await bob.tells(alice, "b");
  }
});

/** One end of a conversation: stores the new session each time, as the engine does. */
class End {
  constructor(public session: Session) {}

  async says(text: string): Promise<OlmMessage> {
    const { message, session } = await encrypt(this.session, encodeUTF8(text));
    this.session = session;
    return message;
  }

  async reads(message: OlmMessage | undefined): Promise<string> {
    assert(message !== undefined, "there is such a message");
    const { plaintext, session } = await decrypt(this.session, message);
    this.session = session;
    return decodeUTF8(plaintext);
  }

  /** - Returns: The type of the message. */
  async tells(other: End, text: string): Promise<0 | 1> {
    const message = await this.says(text);
    assertEquals(await other.reads(message), text);
    return message.type;
  }
}

async function twoEnds(): Promise<{ alice: End; bob: End }> {
  const [alice, bob] = await Promise.all([generateIdentityKeys(), generateIdentityKeys()]);
  const oneTime = await generateX25519();
  const theirs = bob.curve25519.publicKey;
  const from = new End(await openSession(alice.curve25519, theirs, oneTime.publicKey));
  const first = readPreKeyMessage(messageBytes((await from.says("bonjour")).body));
  assertEquals(encodeBase64(first.oneTimeKey), encodeBase64(oneTime.publicKey));
  const accepted = await acceptSession(bob.curve25519, oneTime.privateKey, first);
  assertEquals(decodeUTF8(accepted.plaintext), "bonjour");
  return { alice: from, bob: new End(accepted.session) };
}

async function refused(end: End, type: 0 | 1, bytes: Bytes): Promise<void> {
  const before = end.session;
  try {
    await end.reads({ type, body: encodeBase64(bytes) });
  } catch (error) {
    assert(error instanceof CryptoError, `an untyped failure: ${error}`);
    assert(end.session === before, "the session changed");
    return;
  }
  throw new Error("a damaged message was read");
}
