import { assertEquals } from "../../platform/assert.ts";
import { ManualClock, settle } from "../../platform/ManualClock.ts";
import { engineTest, eventItems, look, TestProfile, texts } from "../testing/TestProfile.ts";

const room = "!room:test";

function relation(content: unknown): Record<string, string> | undefined {
  return (content as Record<string, Record<string, string> | undefined>)["m.relates_to"];
}

/** What the whole history says, once edits and redactions are applied. */
function truth(profile: TestProfile): string[] {
  const events = profile.server.room(room).events.map(({ event }) => event);
  return events.filter(({ type }) => type === "m.room.message").flatMap((event) => {
    if (event.unsigned?.["redacted_because"] !== undefined) return ["(redacted)"];
    if (relation(event.content)?.["rel_type"] === "m.replace") return [];
    const edit = events.findLast((other) =>
      relation(other.content)?.["event_id"] === event.event_id &&
      relation(other.content)?.["rel_type"] === "m.replace"
    );
    const content = edit === undefined
      ? event.content
      : (edit.content as Record<string, unknown>)["m.new_content"];
    return [String((content as Record<string, unknown>)["body"])];
  });
}

engineTest("Whatever happens, and whenever one looks, all of the history comes out", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new ManualClock(0, seed);
    const below = (end: number) => Math.floor(random.random() * end);
    const profile = new TestProfile();
    const { server } = profile;
    server.room();
    server.pageSize = 3 + below(10);
    server.timelineLimit = 2 + below(10);
    for (let index = below(40); index > 0; index--) server.say(room, `before ${index}`);
    const { client } = await profile.signedIn();
    const timeline = await look(client);
    for (let step = 0; step < 12; step++) {
      // Not edits: once redacted, some know that it was one, and some do not.
      const ids = server.room(room).events.map(({ event }) => event)
        .filter(({ type, content }) => type === "m.room.message" && relation(content) === undefined)
        .map(({ event_id }) => event_id);
      const target = ids[below(ids.length)] ?? "$none";
      switch (below(8)) {
        case 0:
          server.goOffline();
          for (let index = below(30); index > 0; index--) server.say(room, `${seed} away ${index}`);
          await profile.clock.advance(1_000);
          server.heal();
          await profile.clock.advance(6_000);
          break;
        case 1:
          await timeline.loadEarlier();
          break;
        case 2:
          server.add(room, "m.room.redaction", "@basile:test", { redacts: target });
          break;
        case 3:
          server.add(room, "m.room.message", "@basile:test", {
            msgtype: "m.text",
            body: "*",
            "m.new_content": { msgtype: "m.text", body: `edited ${step}` },
            "m.relates_to": { rel_type: "m.replace", event_id: target },
          }, { origin_server_ts: profile.clock.now() + step });
          break;
        case 4:
          await client.rooms.room(room).sendText({ text: `own ${step}` });
          break;
        case 5:
          await timeline.jumpTo(target).catch(() => {});
          break;
        case 6: {
          const gap = timeline.state.get().items.find(({ kind }) => kind === "gap");
          if (gap !== undefined) await timeline.fillGap(gap.key);
          break;
        }
        case 7:
          server.say(room, `${seed} live ${step}`);
          break;
      }
      await settle();
      const keys = timeline.state.get().items.map(({ key }) => key);
      assertEquals(new Set(keys).size, keys.length, `seed ${seed}, step ${step}: a key twice`);
    }
    for (let turn = 0; turn < 300; turn++) {
      const { earlier, later, items } = timeline.state.get();
      const gap = items.find(({ kind }) => kind === "gap");
      if (gap !== undefined) await timeline.fillGap(gap.key);
      else if (earlier !== "end") await timeline.loadEarlier();
      else if (later !== "end") await timeline.loadLater();
      else break;
      await settle();
    }
    // An edit of one's own message by somebody else is none, and edits of redactions neither.
    const expected = truth(profile);
    const shown = texts(timeline.state.get());
    const plain = (all: string[]) => all.map((text) => text.replace(/^edited .*/, "edited"));
    const isForeign = (index: number) => shown[index]?.startsWith("own ") === true;
    const wanted = plain(expected).map((text, index) =>
      text === "edited" && isForeign(index) ? shown[index] ?? text : text
    );
    assertEquals(plain(shown), wanted, `seed ${seed}`);
  }
});

engineTest("Receipts stand where people have read to, and move on with them", async () => {
  const profile = new TestProfile();
  const { server } = profile;
  server.room();
  const [first, second] = [server.say(room, "un"), server.say(room, "deux")];
  const read = (id: string, user: string) =>
    server.addEphemeral(room, "m.receipt", { [id]: { "m.read": { [user]: { ts: 1 } } } });
  read(first, "@chloe:test");
  read(second, "@basile:test");
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  const readers = () =>
    eventItems(timeline.state.get().items).slice(-2).map(({ readBy }) =>
      readBy.map(({ id }) => id)
    );
  // Basile wrote the second one himself.
  assertEquals(readers(), [["@chloe:test"], []]);
  const reaction = server.add(room, "m.reaction", "@david:test", {
    "m.relates_to": { rel_type: "m.annotation", event_id: second, key: "👍" },
  });
  read(reaction, "@chloe:test");
  await settle();
  // What was read last shows nothing: it stands with what is above it.
  assertEquals(readers(), [[], ["@chloe:test"]]);
});

engineTest("Reading to the end says so once, and the count is gone at once", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const said = profile.server.say(room, "lisez-moi");
  await settle();
  const last = profile.server.say(room, "et moi");
  await settle();
  for (const id of [last, last, said]) client.rooms.room(room).markRead(id);
  await profile.clock.advance(2_000);
  const sent = profile.server.requests.filter((name) => name.endsWith("read_markers"));
  assertEquals(sent.length, 1);
  assertEquals(client.rooms.room(room).summary.get()?.unreadCount, 0);
});

engineTest("A reply shows what it answers, fetched when it is far", async () => {
  const profile = new TestProfile();
  const { server } = profile;
  server.room();
  server.timelineLimit = 5;
  server.pageSize = 5;
  const far = server.say(room, "loin");
  for (let index = 0; index < 60; index++) server.say(room, `m${index}`);
  const answer = (id: string, body: string) =>
    server.add(room, "m.room.message", "@chloe:test", {
      msgtype: "m.text",
      body,
      "m.relates_to": { "m.in_reply_to": { event_id: id } },
    });
  answer(far, "> <@basile:test> autre chose\n\noui");
  answer("$gone", "hein ?");
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  await settle();
  const [first, second] = eventItems(timeline.state.get().items).slice(-2);
  const quote = first?.replyTo;
  assertEquals(
    quote?.state === "ready" && quote.content.kind === "text" && quote.content.body,
    "loin",
  );
  // Whatever the fallback puts into somebody's mouth is taken off.
  assertEquals(first?.content.kind === "text" && first.content.body, "oui");
  assertEquals(second?.replyTo?.state, "missing");
});
