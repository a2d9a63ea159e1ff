import type { Outcome } from "../../crypto/rooms/RoomDecryption.ts";
import { assertEquals } from "../../platform/assert.ts";
import { eventContent } from "../timeline/eventContent.ts";
import { type Event, parseEvent, redacted } from "../timeline/parseEvent.ts";
import { EventReader } from "./EventReader.ts";

const roomID = "!room:test";

function encrypted(id: string, more: object = {}): Event {
  const event = parseEvent({
    event_id: id,
    sender: "@basile:test",
    type: "m.room.encrypted",
    content: { algorithm: "m.megolm.v1.aes-sha2", ciphertext: id },
    origin_server_ts: 1,
    ...more,
  }, roomID);
  if (event === undefined) throw new Error("no event");
  return event;
}

function says(type: string, content: object): Outcome {
  return { kind: "readable", type, content: { ...content }, origin: { trust: "signed" } };
}

/** What each event says; what is not in it has no key yet. */
function reader(outcomes: Map<string, Outcome>, isOn = true) {
  const wanted: string[] = [];
  let decrypted = 0;
  const reader = new EventReader({
    isOn: () => isOn,
    decrypt: (events) => {
      decrypted += events.length;
      return Promise.resolve(events.map(({ eventID }): Outcome =>
        outcomes.get(eventID) ??
          { kind: "unreadable", reason: { kind: "missing" }, sessionID: `of ${eventID}` }
      ));
    },
    onMissing: (sessions) => void wanted.push(...sessions.map(({ sessionID }) => sessionID)),
    why: () => "coming",
  });
  return { reader, wanted, decrypted: () => decrypted };
}

const shown = (event: Event | undefined) =>
  event && eventContent(event, (id) => ({ id, name: id }));

Deno.test("A message that cannot be read says why, is asked for, and is read when its key comes", async () => {
  const outcomes = new Map<string, Outcome>();
  const { reader: { read }, wanted } = reader(outcomes);
  const [before] = await read([encrypted("$a")]);
  assertEquals(shown(before), { kind: "unreadable", cause: "encrypted", why: "coming" });
  assertEquals(wanted, ["of $a"]);
  outcomes.set("$a", says("m.room.message", { msgtype: "m.text", body: "bonjour" }));
  const [after] = await read(before === undefined ? [] : [before]);
  assertEquals(shown(after), { kind: "text", style: "text", body: "bonjour" });
});

Deno.test("What was read is at hand, and a redaction takes it away for good", async () => {
  const text = says("m.room.message", { msgtype: "m.text", body: "secret" });
  const { reader: { read }, decrypted } = reader(new Map([["$a", text]]));
  const [first] = await read([encrypted("$a")]);
  await read([encrypted("$a")]);
  assertEquals(decrypted(), 1);
  const gone = first && redacted(first, { by: "@basile:test" });
  const [again] = await read(gone === undefined ? [] : [gone]);
  assertEquals(again?.content, {});
  assertEquals(JSON.stringify(again).includes("secret"), false);
});

Deno.test("An edit that the server hands out with a message is encrypted too", async () => {
  const edit = {
    event_id: "$e",
    sender: "@basile:test",
    type: "m.room.encrypted",
    content: { ciphertext: "$e" },
    origin_server_ts: 2,
  };
  const event = encrypted("$a", { unsigned: { "m.relations": { "m.replace": edit } } });
  const { reader: { read } } = reader(
    new Map([
      ["$a", says("m.room.message", { msgtype: "m.text", body: "avant" })],
      ["$e", says("m.room.message", { "m.new_content": { msgtype: "m.text", body: "après" } })],
    ]),
  );
  const [plain] = await read([event]);
  assertEquals(plain?.bundledEdit?.content, { msgtype: "m.text", body: "après" });
});

Deno.test("What others encrypted may be anything, and is believed in nothing", async () => {
  const hostile = [
    says("m.room.encrypted", { algorithm: "m.megolm.v1.aes-sha2" }),
    says("", {}),
    says("x".repeat(300), { body: "x" }),
    says("m.room.message", { msgtype: 5, body: {} }),
    says("m.room.member", { membership: "ban" }),
    says("m.room.redaction", { redacts: "$other" }),
  ];
  for (const outcome of hostile) {
    const { reader: { read } } = reader(new Map([["$a", outcome]]));
    const [plain] = await read([encrypted("$a")]);
    const content = shown(plain);
    assertEquals(content === undefined || content.kind === "unreadable", true);
    assertEquals(plain?.stateKey, undefined);
  }
});

Deno.test("Without keys on the server, all stays as it came", async () => {
  const { reader: { read }, wanted } = reader(new Map(), false);
  const event = encrypted("$a");
  assertEquals((await read([event]))[0] === event, true);
  assertEquals(wanted, []);
});
