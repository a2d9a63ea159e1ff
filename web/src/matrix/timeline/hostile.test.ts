import { assert, assertEquals } from "../../platform/assert.ts";
import { ManualClock, settle } from "../../platform/ManualClock.ts";
import { parseSync } from "../sync/SyncAnswer.ts";
import { engineTest, look, TestProfile, texts } from "../testing/TestProfile.ts";
import { parseEvent } from "./parseEvent.ts";

const room = "!room:test";

/** Anything but what is expected. */
const wrong: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "x",
  "𝕏".repeat(5_000),
  "\u202e\u0000",
  [],
  [null],
  [[]],
  {},
  { __proto__: null },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": null}'),
  JSON.parse('{"body": {"__proto__": 1}, "length": -1}'),
];

const types = [
  ["m.room.message", {
    msgtype: "m.text",
    body: "x",
    format: "org.matrix.custom.html",
    formatted_body: "x",
  }],
  ["m.room.message", {
    msgtype: "m.image",
    body: "x",
    url: "mxc://a/b",
    info: { w: 1, h: 1, size: 1 },
  }],
  ["m.room.message", { msgtype: "m.location", body: "x", geo_uri: "geo:1,1" }],
  ["m.room.message", {
    msgtype: "m.text",
    body: "*",
    "m.new_content": { body: "x", msgtype: "m.text" },
    "m.relates_to": { rel_type: "m.replace", event_id: "$a" },
  }],
  ["m.room.message", {
    msgtype: "m.text",
    body: "x",
    "m.mentions": { user_ids: ["@amelie:test"], room: true },
    "m.relates_to": { "m.in_reply_to": { event_id: "$a" } },
  }],
  ["m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: "$a", key: "x" } }],
  ["m.room.redaction", { redacts: "$a", reason: "x" }],
  ["m.sticker", { body: "x", url: "mxc://a/b", info: {} }],
  ["m.room.encrypted", { algorithm: "x" }],
  ["org.example", { body: "x" }],
] as const;

const states = [
  ["m.room.create", {
    room_version: "11",
    predecessor: { room_id: "!a:b" },
    additional_creators: ["@a:b"],
  }],
  ["m.room.member", { membership: "join", displayname: "x", avatar_url: "mxc://a/b", reason: "x" }],
  ["m.room.name", { name: "x" }],
  ["m.room.topic", { topic: "x" }],
  ["m.room.avatar", { url: "mxc://a/b" }],
  ["m.room.canonical_alias", { alias: "#a:b" }],
  ["m.room.join_rules", { join_rule: "public" }],
  ["m.room.history_visibility", { history_visibility: "shared" }],
  ["m.room.power_levels", {
    users: { "@a:b": 1 },
    events: { "m.room.name": 1 },
    notifications: { room: 1 },
  }],
  ["m.room.tombstone", { replacement_room: "!a:b", body: "x" }],
  ["m.room.pinned_events", { pinned: ["$a"] }],
  ["m.room.encryption", { algorithm: "x" }],
] as const;

/** The value with one thing in it replaced, anywhere. */
function damaged(value: unknown, random: ManualClock): unknown {
  const pick = () => wrong[Math.floor(random.random() * wrong.length)];
  if (typeof value !== "object" || value === null || random.random() < 0.15) return pick();
  if (Array.isArray(value)) return value.map((entry) => damaged(entry, random));
  const keys = Object.keys(value);
  const key = keys[Math.floor(random.random() * keys.length)];
  const copy: Record<string, unknown> = { ...value };
  if (key !== undefined) copy[key] = damaged(copy[key], random);
  return copy;
}

engineTest("Events with anything in any field leave the client going on", async () => {
  const random = new ManualClock(0, 7);
  const profile = new TestProfile();
  const { server } = profile;
  server.room();
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  for (let round = 0; round < 25; round++) {
    for (const [type, content] of types) {
      server.add(room, type, "@basile:test", damaged(content, random), {
        unsigned: damaged(
          { "m.relations": { "m.replace": { event_id: "$x", content: {} } } },
          random,
        ) as Record<string, unknown>,
      });
    }
    for (const [type, content] of states) {
      const state_key = type === "m.room.member" ? `@u${round}:test` : "";
      server.add(room, type, "@basile:test", damaged(content, random), {
        state_key,
        unsigned: damaged({ prev_content: content }, random) as Record<string, unknown>,
      });
    }
    server.addEphemeral(
      room,
      "m.receipt",
      damaged({ $a: { "m.read": { "@a:b": { ts: 1 } } } }, random),
    );
    server.addEphemeral(room, "m.typing", damaged({ user_ids: ["@a:b"] }, random));
    await settle();
  }
  server.say(room, "toujours là");
  await settle();
  assertEquals(texts(timeline.state.get()).at(-1), "toujours là");
  assertEquals(client.session.get().phase, "ready");
  assertEquals(client.connection.get().status, "online");
  assert(!("polluted" in {}), "no prototype was touched");
});

Deno.test("Damaged answers of sync are read as far as they make sense", () => {
  const random = new ManualClock(0, 3);
  const answer = {
    next_batch: "s1",
    account_data: { events: [{ type: "m.direct", content: { "@a:b": ["!r:b"] } }] },
    to_device: { events: [{}] },
    rooms: {
      join: {
        "!r:b": {
          state: {
            events: [{
              type: "m.room.name",
              state_key: "",
              event_id: "$1",
              sender: "@a:b",
              content: {},
            }],
          },
          timeline: {
            events: [{ type: "m.room.message", event_id: "$2", sender: "@a:b", content: {} }],
            limited: true,
            prev_batch: "p",
          },
          ephemeral: {
            events: [{ type: "m.receipt", content: { $2: { "m.read": { "@a:b": {} } } } }],
          },
          summary: { "m.heroes": ["@a:b"], "m.joined_member_count": 2 },
          unread_notifications: { notification_count: 1, highlight_count: 1 },
        },
      },
      invite: {
        "!i:b": {
          invite_state: {
            events: [{ type: "m.room.name", state_key: "", sender: "@a:b", content: {} }],
          },
        },
      },
      leave: { "!l:b": { timeline: { events: [] } } },
    },
  };
  assertEquals(parseSync(answer)?.joined[0]?.timeline.length, 1);
  for (let round = 0; round < 3_000; round++) {
    let value: unknown = answer;
    for (let times = 0; times < 4; times++) value = damaged(value, random);
    parseSync(value);
  }
});

Deno.test("An event without an identity is no event", () => {
  const good = { event_id: "$a", sender: "@a:b", type: "m.room.message", content: {} };
  assert(parseEvent(good, room) !== undefined, "this one is");
  for (const key of ["event_id", "sender", "type"]) {
    for (const value of wrong.filter((value) => typeof value !== "string" || value === "")) {
      assertEquals(parseEvent({ ...good, [key]: value }, room), undefined);
    }
  }
  assertEquals(parseEvent({ ...good, sender: "@" + "a".repeat(300) + ":b" }, room), undefined);
  assertEquals(parseEvent({ ...good, content: [] }, room)?.isMalformed, true);
});
