import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { settle } from "../../platform/ManualClock.ts";
import type { ServerEvent } from "../testing/TestServer.ts";
import { engineTest, TestProfile } from "../testing/TestProfile.ts";

const room = "!room:test";
const text = (body: string) => ({ msgtype: "m.text", body });

function event(id: string, content: unknown, more: Partial<ServerEvent> = {}): unknown {
  const sender = "@basile:test";
  const type = "m.room.message";
  return { event_id: id, type, sender, room_id: room, origin_server_ts: 5, content, ...more };
}

function answer(results: readonly unknown[], more: Record<string, unknown> = {}): unknown {
  const room_events = { results: results.map((result) => ({ rank: 1, result })), ...more };
  return { search_categories: { room_events } };
}

async function searching(results: readonly unknown[], more: Record<string, unknown> = {}) {
  const profile = new TestProfile();
  profile.server.room();
  profile.server.add(room, "m.room.member", "@basile:test", {
    membership: "join",
    displayname: "Basile",
  }, { state_key: "@basile:test" });
  const asked: { body: unknown; query: string }[] = [];
  profile.server.search = (body, query) => {
    asked.push({ body, query: query.toString() });
    return answer(results, more);
  };
  const { client } = await profile.signedIn();
  return { client, asked };
}

engineTest("A search asks for bodies, in one room when it is given", async () => {
  const { client, asked } = await searching([event("$1", text("Le budget"))], {
    count: 41,
    highlights: ["budget", 5, ""],
    next_batch: "n2",
  });
  const query = { text: "budget", roomID: room, order: "recent", from: "n1" } as const;
  const found = await client.search.messages(query);
  assertEquals(found, {
    messages: [{
      roomID: room,
      eventID: "$1",
      sender: { id: "@basile:test", name: "Basile" },
      ts: 5,
      content: { kind: "text", style: "text", body: "Le budget" },
    }],
    words: ["budget"],
    next: "n2",
    total: 41,
  });
  assertEquals(asked, [{
    query: "next_batch=n1",
    body: {
      search_categories: {
        room_events: {
          search_term: "budget",
          keys: ["content.body"],
          order_by: "recent",
          filter: { limit: 20, rooms: [room] },
          event_context: { before_limit: 0, after_limit: 0, include_profile: true },
        },
      },
    },
  }]);
});

engineTest("An edit stands for what it edits, and what was edited is not shown twice", async () => {
  const edit = {
    ...text("* Le budget de 2027"),
    "m.new_content": text("Le budget de 2027"),
    "m.relates_to": { rel_type: "m.replace", event_id: "$1" },
  };
  const replaced = {
    "m.relations": {
      "m.replace": event("$2", edit),
    },
  };
  const { client } = await searching([
    event("$2", edit),
    event("$1", text("Le budget de 2026"), { unsigned: replaced }),
  ]);
  const { messages } = await client.search.messages({ text: "budget", order: "recent" });
  assertEquals(messages.map(({ eventID, content }) => [eventID, content]), [
    ["$1", { kind: "text", style: "text", body: "Le budget de 2027" }],
  ]);
});

engineTest("What makes no sense or is elsewhere is left out", async () => {
  const { client } = await searching([
    null,
    event("$1", null),
    event("$2", text("ailleurs"), { room_id: "!elsewhere:test" }),
    event("$3", text("là"), { type: "m.room.topic", state_key: "" }),
    event("no event", text("là")),
    event("$4", {}, { unsigned: { redacted_because: { sender: "@basile:test" } } }),
    event("$5", text("là")),
  ]);
  const { messages } = await client.search.messages({ text: "là", order: "rank" });
  assertEquals(messages.map(({ eventID }) => eventID), ["$5"]);
});

engineTest("Somebody who has left is called as the server calls them", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const sender = "@chloe:test";
  profile.server.search = () => ({
    search_categories: {
      room_events: {
        results: [{
          result: event("$1", text("là"), { sender }),
          context: { profile_info: { [sender]: { displayname: "Chloé" } } },
        }],
      },
    },
  });
  const { client } = await profile.signedIn();
  const { messages } = await client.search.messages({ text: "là", order: "recent" });
  assertEquals(messages[0]?.sender.name, "Chloé");
});

engineTest("What ignored people said is not found", async () => {
  const { client } = await searching([event("$1", text("là"))]);
  await client.account.setIgnored("@basile:test", true);
  await settle();
  const { messages } = await client.search.messages({ text: "là", order: "recent" });
  assertEquals(messages, []);
});

engineTest("A question that is taken back is taken back from the server", async () => {
  const profile = new TestProfile();
  profile.server.room();
  let asked: AbortSignal | undefined;
  profile.server.search = (_, __, signal) => {
    asked = signal;
    return new Promise((done) => signal.addEventListener("abort", () => done({})));
  };
  const { client } = await profile.signedIn();
  const controller = new AbortController();
  const found = client.search.messages({ text: "là", order: "recent" }, controller.signal);
  await settle();
  assert(asked !== undefined && !asked.aborted, "it is under way");
  controller.abort();
  await assertRejects(found, "CANCELLED");
  assert(asked.aborted, "the request has ended");
});
