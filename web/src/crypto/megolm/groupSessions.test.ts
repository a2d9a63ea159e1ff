import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { generateSealingKey } from "../primitives/aes.ts";
import { decodeBase64, encodeBase64 } from "../primitives/base64.ts";
import { decodeUTF8, encodeUTF8, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hmacSHA256, importHMACKey } from "../primitives/hashing.ts";
import { InboundGroupSession, restoreInbound, storeInbound } from "./InboundGroupSession.ts";
import {
  encryptForGroup,
  openGroupSession,
  type OutboundGroupSession,
  restoreOutbound,
  sharedKeyOf,
  storeOutbound,
} from "./OutboundGroupSession.ts";
import { newRatchet, type Ratchet, wind } from "./Ratchet.ts";
import { readExportedKey, readSharedKey } from "./sessionKey.ts";

Deno.test("Winding at once is winding step by step, as the paper writes it", async () => {
  let slow = { index: 250, parts: newRatchet().parts };
  const start: Ratchet = slow;
  for (let index = 251; index < 800; index++) {
    slow = { index, parts: await stepOfThePaper(slow.parts, index) };
    assertEquals(encodeBase64(wind(start, index).parts), encodeBase64(slow.parts), String(index));
  }
});

Deno.test("Winding by stages over every kind of border is winding at once", async () => {
  const marks = [
    ...[0, 1, 255, 256, 257, 65_535, 65_536, 65_792, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 65_537],
    ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 257, 2 ** 32 - 1],
  ];
  const start = newRatchet();
  let staged = start;
  for (const mark of marks) {
    staged = wind(staged, mark);
    assertEquals(encodeBase64(wind(start, mark).parts), encodeBase64(staged.parts), String(mark));
  }
  await assertRejects(Promise.try(() => wind(staged, 5)), "UNKNOWN_INDEX");
  await assertRejects(Promise.try(() => wind(staged, 2 ** 32)), "UNKNOWN_INDEX");
});

Deno.test("A group reads from where the key was shared on, in any order, as often as it likes", async () => {
  const writer = new Writer(await openGroupSession());
  const before = await writer.says("avant");
  const key = await readSharedKey(await sharedKeyOf(writer.session));
  const messages: string[] = [];
  for (let index = 0; index < 30; index++) messages.push(await writer.says(`message ${index}`));

  const reader = await InboundGroupSession.of(key);
  assertEquals(reader.id, writer.session.id);
  assertEquals(reader.firstIndex, 1);
  await assertRejects(reader.decrypt(before), "UNKNOWN_INDEX");
  for (const at of [29, 0, 15, 15, 28, 1]) {
    const { plaintext, index } = await reader.decrypt(messages[at] ?? "");
    assertEquals([decodeUTF8(plaintext), index], [`message ${at}`, at + 1]);
  }

  const later = await InboundGroupSession.of(readExportedKey(reader.exportedKey(20)));
  assertEquals(later.firstIndex, 20);
  assert(later.isSameAs(reader) && reader.isSameAs(later), "one session from two indices");
  await assertRejects(later.decrypt(messages[18] ?? ""), "UNKNOWN_INDEX");
  assertEquals(decodeUTF8((await later.decrypt(messages[19] ?? "")).plaintext), "message 19");
  await assertRejects(Promise.try(() => later.exportedKey(19)), "UNKNOWN_INDEX");
  const forged = { ...later.key, ratchet: { index: 20, parts: randomBytes(128) } };
  assert(!(await InboundGroupSession.of(forged)).isSameAs(reader), "another ratchet");
});

Deno.test("Any damage to a group message or a session key is a typed failure", async () => {
  const writer = new Writer(await openGroupSession());
  const shared = await sharedKeyOf(writer.session);
  const reader = await InboundGroupSession.of(await readSharedKey(shared));
  const message = await writer.says("dépêche");
  const exported = reader.exportedKey();
  const cases: [string, (text: string) => Promise<unknown>][] = [
    [message, (text) => reader.decrypt(text)],
    [shared, readSharedKey],
  ];
  for (const [text, read] of cases) {
    const bytes = decodeBase64(text);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.map((byte, index) => index === at ? byte ^ 1 << at % 8 : byte);
      await refused(read(encodeBase64(damaged)));
      await refused(read(encodeBase64(bytes.subarray(0, at))));
    }
    for (let run = 0; run < 300; run++) await refused(read(encodeBase64(randomBytes(run))));
    await refused(read("A".repeat(200_000)));
  }
  for (const text of [shared, "", "A", exported.slice(4), `${exported}AAAA`, "A".repeat(1e6)]) {
    await refused(Promise.try(() => readExportedKey(text)));
  }
  await refused(readSharedKey(exported));
  assertEquals(decodeUTF8((await reader.decrypt(message)).plaintext), "dépêche");
});

Deno.test("Whoever only reads cannot write in the writer's name", async () => {
  const writer = await openGroupSession();
  const impostor = { ...await openGroupSession(), ratchet: writer.ratchet };
  const reader = await InboundGroupSession.of(await readSharedKey(await sharedKeyOf(writer)));
  const { message } = await encryptForGroup(impostor, encodeUTF8("faux"));
  await assertRejects(reader.decrypt(message), "BAD_SIGNATURE");
});

Deno.test("Stored group sessions open under their own key and at their own index alone", async () => {
  const [key, other] = await Promise.all([generateSealingKey(), generateSealingKey()]);
  const writer = new Writer(await openGroupSession());
  await writer.says("un");
  const outbound = structuredClone(await storeOutbound(writer.session, key));
  await assertRejects(restoreOutbound(outbound, other), "BAD_MAC");
  await assertRejects(restoreOutbound({ ...outbound, index: 0 }, key), "BAD_MAC");
  assert(!outbound.signing.privateKey.extractable, "extractable");

  const shared = await readSharedKey(await sharedKeyOf(writer.session));
  const inbound = structuredClone(await storeInbound(shared, key));
  await assertRejects(restoreInbound(inbound, other), "BAD_MAC");
  await assertRejects(restoreInbound({ ...inbound, firstIndex: 0 }, key), "BAD_MAC");

  writer.session = await restoreOutbound(outbound, key);
  const reader = await restoreInbound(inbound, key);
  assertEquals(decodeUTF8((await reader.decrypt(await writer.says("deux"))).plaintext), "deux");
});

class Writer {
  constructor(public session: OutboundGroupSession) {}

  async says(text: string): Promise<string> {
    const { message, session } = await encryptForGroup(this.session, encodeUTF8(text));
    this.session = session;
    return message;
  }
}

/** R_i of R_(i-1), by the four cases of the paper. */
async function stepOfThePaper(parts: Uint8Array, index: number): Promise<Uint8Array<ArrayBuffer>> {
  const next = Uint8Array.from(parts);
  const from = [2 ** 24, 2 ** 16, 2 ** 8, 1].findIndex((period) => index % period === 0);
  const key = await importHMACKey(Uint8Array.from(parts.subarray(from * 32, from * 32 + 32)));
  for (let to = from; to < 4; to++) {
    next.set(await hmacSHA256(key, Uint8Array.of(to)), to * 32);
  }
  return next;
}

async function refused(promise: Promise<unknown>): Promise<void> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof CryptoError, `an untyped failure: ${error}`);
    return;
  }
  throw new Error("something damaged was read");
}
