import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { settle } from "../../platform/ManualClock.ts";
import { engineTest, eventItems, look, TestProfile, texts } from "../testing/TestProfile.ts";

const room = "!room:test";

engineTest("Signing in brings the rooms, and a second start needs no network", async () => {
  const profile = new TestProfile();
  profile.server.room();
  profile.server.say(room, "bonjour");
  const { client, running } = await profile.signedIn();
  assertEquals(client.session.get().phase, "ready");
  assertEquals(client.rooms.sections.get().rooms, [room]);
  assertEquals(client.connection.get(), { status: "online" });

  running.kill();
  profile.server.goOffline();
  await profile.startEngine();
  const again = profile.openTab().client;
  await settle();
  assertEquals(again.session.get().phase, "ready");
  assertEquals(texts((await look(again)).state.get()), ["bonjour"]);
});

engineTest("A text shows at once, and stays the same item when the server has it", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  profile.server.goOffline();
  await client.rooms.room(room).sendText({ text: "salut" });
  await settle();
  const echo = eventItems(timeline.state.get().items).at(-1);
  assert(echo?.sending !== undefined && echo.eventID === undefined, "an echo");
  profile.server.heal();
  await profile.clock.advance(60_000);
  const sent = eventItems(timeline.state.get().items).at(-1);
  assertEquals(sent?.key, echo.key);
  assert(sent?.sending === undefined && sent?.eventID !== undefined, "sent");
  assertEquals(profile.server.bodies(), ["salut"]);
  assertEquals(texts(timeline.state.get()), ["salut"]);
});

engineTest("An answer that is lost neither loses nor doubles the message", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  profile.server.fault(/^PUT .*\/send\//, "answer lost", 3);
  await client.rooms.room(room).sendText({ text: "une fois" });
  await profile.clock.advance(60_000);
  assertEquals(profile.server.bodies(), ["une fois"]);
  assertEquals(texts(timeline.state.get()), ["une fois"]);
});

engineTest(
  "Killed at any turn while it sends, the next engine sends each message once",
  async () => {
    for (let turns = 0; turns < 48; turns += 3) {
      const profile = new TestProfile();
      profile.server.room();
      const { client, running } = await profile.signedIn();
      const all = ["un", "deux", "trois"];
      const sends = all.map((text) => client.rooms.room(room).sendText({ text }));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      running.kill();
      await profile.startEngine();
      await Promise.all(sends);
      await profile.clock.advance(5_000);
      assertEquals(profile.server.bodies(), all, `killed after ${turns} turns`);
      const timeline = await look(client);
      assertEquals(texts(timeline.state.get()), all, `killed after ${turns} turns`);
    }
  },
);

engineTest("Offline, messages wait, and go out in their order", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  profile.server.goOffline();
  for (const text of ["a", "b", "c"]) await client.rooms.room(room).sendText({ text });
  await profile.clock.advance(5_000);
  assertEquals(client.connection.get().status, "offline");
  profile.server.heal();
  await profile.clock.advance(60_000);
  assertEquals(client.connection.get().status, "online");
  assertEquals(profile.server.bodies(), ["a", "b", "c"]);
});

engineTest("A refusal shows on the message, which can be sent again or dropped", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  const forbidden = { status: 403, body: { errcode: "M_FORBIDDEN", error: "No" } };
  profile.server.fault(/^PUT .*\/send\//, forbidden, 2);
  for (const text of ["un", "deux", "trois"]) await client.rooms.room(room).sendText({ text });
  await settle();
  const failed = eventItems(timeline.state.get().items).filter(({ sending }) =>
    sending !== undefined
  );
  assertEquals(failed.map(({ sending }) => sending?.state), ["failed", "failed"]);
  assertEquals(profile.server.bodies(), ["trois"]);
  await client.rooms.room(room).resend(failed[1]?.key ?? "");
  await client.rooms.room(room).cancelSend(failed[0]?.key ?? "");
  await settle();
  assertEquals(profile.server.bodies(), ["trois", "deux"]);
  assertEquals(texts(timeline.state.get()), ["trois", "deux"]);
});

engineTest("A rate limit is waited out for as long as the server asks", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const limited = { status: 429, body: { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 20_000 } };
  profile.server.fault(/^PUT .*\/send\//, limited);
  await client.rooms.room(room).sendText({ text: "patience" });
  await profile.clock.advance(19_000);
  assertEquals(profile.server.bodies(), []);
  await profile.clock.advance(2_000);
  assertEquals(profile.server.bodies(), ["patience"]);
});

engineTest("After long away a gap stands, and is filled without a double", async () => {
  const profile = new TestProfile();
  profile.server.room();
  profile.server.say(room, "avant");
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  profile.server.goOffline();
  await profile.clock.advance(1_000);
  for (let index = 0; index < 120; index++) profile.server.say(room, `m${index}`);
  profile.server.timelineLimit = 20;
  profile.server.heal();
  await profile.clock.advance(60_000);
  assertEquals(texts(timeline.state.get()).slice(0, 3), ["avant", "…", "m100"]);
  for (let turn = 0; turn < 5; turn++) {
    const gap = timeline.state.get().items.find((item) => item.kind === "gap");
    if (gap !== undefined) await timeline.fillGap(gap.key);
  }
  await settle();
  const wanted = ["avant", ...Array.from({ length: 120 }, (_, index) => `m${index}`)];
  assertEquals(texts(timeline.state.get()), wanted);
});

engineTest("Edits and reactions count as the specification says", async () => {
  const profile = new TestProfile();
  const { server } = profile;
  server.room();
  const said = server.say(room, "faute");
  const edit = (sender: string, body: string) =>
    server.add(room, "m.room.message", sender, {
      msgtype: "m.text",
      body: `* ${body}`,
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": { rel_type: "m.replace", event_id: said },
    });
  const react = (sender: string, key: string) =>
    server.add(room, "m.reaction", sender, {
      "m.relates_to": { rel_type: "m.annotation", event_id: said, key },
    });
  edit("@chloe:test", "détournée");
  react("@chloe:test", "👍");
  react("@chloe:test", "👍");
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  assertEquals(texts(timeline.state.get()), ["faute"]);
  const own = edit("@basile:test", "corrigée");
  await client.rooms.room(room).react(said, "👍");
  await settle();
  let item = eventItems(timeline.state.get().items).at(-1);
  assertEquals(texts(timeline.state.get()), ["corrigée"]);
  assertEquals(item?.reactions.map(({ key, count, isOwn }) => [key, count, isOwn]), [[
    "👍",
    2,
    true,
  ]]);

  await client.rooms.room(room).unreact(said, "👍");
  server.add(room, "m.room.redaction", "@basile:test", { redacts: own });
  await settle();
  item = eventItems(timeline.state.get().items).at(-1);
  assertEquals(texts(timeline.state.get()), ["faute"]);
  assertEquals(item?.reactions.map(({ count, isOwn }) => [count, isOwn]), [[1, false]]);

  await client.rooms.room(room).redact(said);
  await settle();
  assertEquals(texts(timeline.state.get()), ["(redacted)"]);
});

engineTest("A redaction that is refused is told, and the message is there again", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const said = profile.server.say(room, "reste");
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  const forbidden = { status: 403, body: { errcode: "M_FORBIDDEN", error: "No" } };
  profile.server.fault(/^PUT .*\/redact\//, forbidden);
  await assertRejects(client.rooms.room(room).redact(said), "M_FORBIDDEN");
  await settle();
  assertEquals(texts(timeline.state.get()), ["reste"]);
});

engineTest("An event can be jumped to, and from there one reads on to the present", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const ids = Array.from({ length: 150 }, (_, index) => profile.server.say(room, `m${index}`));
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  await timeline.jumpTo(ids[20] ?? "");
  await settle();
  assertEquals(timeline.state.get().focus, ids[20]);
  assertEquals(timeline.state.get().later, "more");
  for (let turn = 0; turn < 20 && timeline.state.get().later !== "end"; turn++) {
    await timeline.loadLater();
  }
  for (let turn = 0; turn < 20 && timeline.state.get().earlier !== "end"; turn++) {
    await timeline.loadEarlier();
  }
  profile.server.say(room, "nouveau");
  await settle();
  const wanted = [...Array.from({ length: 150 }, (_, index) => `m${index}`), "nouveau"];
  assertEquals(texts(timeline.state.get()), wanted);
  await assertRejects(timeline.jumpTo("$nowhere"), "M_NOT_FOUND");
});

engineTest(
  "A sync token that the server forgot: all anew, but for what waits to be sent",
  async () => {
    const profile = new TestProfile();
    profile.server.room();
    profile.server.say(room, "avant");
    const { client } = await profile.signedIn();
    const timeline = await look(client);
    profile.server.fault(/^PUT .*\/send\//, "unreachable", Infinity);
    await client.rooms.room(room).sendText({ text: "en attente" });
    const unknown = { status: 400, body: { errcode: "M_UNKNOWN_POS", error: "Unknown" } };
    profile.server.fault(/^GET \/v3\/sync/, unknown);
    profile.server.say(room, "après");
    await profile.clock.advance(40_000);
    profile.server.heal();
    await profile.clock.advance(60_000);
    assertEquals(texts(timeline.state.get()), ["avant", "après", "en attente"]);
    assertEquals(profile.server.bodies(), ["avant", "après", "en attente"]);
  },
);

engineTest("A token that runs out is renewed once, whoever asks", async () => {
  const profile = new TestProfile();
  profile.server.refreshToken = "refresh-0";
  profile.server.room();
  const { client } = await profile.signedIn();
  await profile.clock.advance(250_000);
  const refreshes = () =>
    profile.server.requests.filter((name) => name.endsWith("/refresh")).length;
  const before = refreshes();
  profile.server.token = "ended";
  await Promise.all(["a", "b"].map((text) => client.rooms.room(room).sendText({ text })));
  await profile.clock.advance(31_000);
  assertEquals(profile.server.bodies(), ["a", "b"]);
  assertEquals(refreshes() - before, 1);
});

engineTest("After a soft logout the password is enough, and what waited is sent", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const soft = {
    status: 401,
    body: { errcode: "M_UNKNOWN_TOKEN", error: "Soft", soft_logout: true },
  };
  profile.server.fault(/./, soft, Infinity);
  await client.rooms.room(room).sendText({ text: "j’attends" });
  await profile.clock.advance(40_000);
  assertEquals(client.session.get().phase, "locked");
  profile.server.heal();
  await client.authentication.signIn("amelie", "secret");
  await settle();
  assertEquals(client.session.get().phase, "ready");
  assertEquals(profile.server.bodies(), ["j’attends"]);
});

engineTest("A session ended elsewhere leaves nothing here", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  profile.server.token = "another";
  profile.server.wake();
  await profile.clock.advance(40_000);
  assertEquals(client.session.get(), { phase: "signed-out", ended: "revoked" });
  assertEquals(profile.accounts.size, 0);
  assertEquals(client.rooms.sections.get().rooms, []);
  await assertRejects(client.rooms.room(room).sendText({ text: "x" }), "ENDED");
});

engineTest("Signing out offline forgets all at once, and ends the token when it can", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client, running } = await profile.signedIn();
  profile.server.goOffline();
  const leaving = client.authentication.signOut();
  await profile.clock.advance(6_000);
  await leaving;
  assertEquals(client.session.get(), { phase: "signed-out", ended: "left" });
  assertEquals(profile.accounts.size, 0);
  profile.server.heal();
  running.kill();
  await profile.startEngine();
  await settle();
  assert(profile.server.requests.includes("POST /v3/logout"), "the token was ended");
});

engineTest("Two tabs see the same, and one of them may go", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const other = profile.openTab();
  await settle();
  const [mine, theirs] = [await look(client), await look(other.client)];
  await other.client.rooms.room(room).sendText({ text: "d’un onglet" });
  await settle();
  assertEquals(theirs.state.get().items, mine.state.get().items);
  assertEquals(texts(mine.state.get()), ["d’un onglet"]);
  other.close();
  profile.server.say(room, "ensuite");
  await settle();
  assertEquals(texts(mine.state.get()), ["d’un onglet", "ensuite"]);
});

engineTest("An engine that has been replaced writes nothing more, and says so", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { running } = await profile.signedIn();
  // The databases are opened again, as another worker opens them: the old one still has its own.
  const userID = profile.server.self;
  const shared = profile.accounts.get(userID);
  assert(shared !== undefined, "stored");
  await shared.write(["meta"], (tx) => {
    tx.put("meta", { name: "epoch", value: 99 });
    return Promise.resolve();
  });
  profile.server.say(room, "trop tard");
  await settle();
  assertEquals(running.dead.map(String), ["Superseded: A later engine runs this account"]);
  assertEquals(
    (await shared.read(["events"], (tx) => tx.getAll("events")))
      .filter(({ type }) => type === "m.room.message"),
    [],
  );
});

engineTest("A message changes its room's summary, and no list, when the order stays", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  let lists = 0;
  let summaries = 0;
  client.rooms.sections.subscribe(() => lists++);
  client.rooms.room(room).summary.subscribe(() => summaries++);
  profile.server.say(room, "un");
  await settle();
  profile.server.say(room, "deux");
  await settle();
  assertEquals([lists, summaries], [0, 2]);
});

engineTest("Nothing goes in the clear into an encrypted room", async () => {
  const profile = new TestProfile();
  const { server } = profile;
  server.room();
  const said = server.say(room, "avant");
  const content = { algorithm: "m.megolm.v1.aes-sha2" };
  server.add(room, "m.room.encryption", server.self, content, { state_key: "" });
  server.add(room, "m.room.encrypted", "@basile:test", { ...content, ciphertext: "…" });
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  const handle = client.rooms.room(room);
  handle.permissions.subscribe(() => {});
  await settle();
  assertEquals(handle.permissions.get().send, false);
  await assertRejects(handle.sendText({ text: "clair" }), "ENCRYPTED");
  await assertRejects(handle.react(said, "👍"), "ENCRYPTED");
  await assertRejects(handle.sendFile(new File(["x"], "x.txt")), "ENCRYPTED");
  assertEquals(server.bodies(), ["avant"]);
  const last = eventItems(timeline.state.get().items).at(-1)?.content;
  assertEquals(last, { kind: "unreadable", cause: "encrypted" });
});

engineTest("A file is uploaded beside the line of texts, and shows how far it is", async () => {
  const profile = new TestProfile();
  profile.server.room();
  const { client } = await profile.signedIn();
  const timeline = await look(client);
  const png = new File([new Uint8Array(20)], "plan.png", { type: "image/png" });
  await client.rooms.room(room).sendFile(png, { caption: "Le plan" });
  await settle();
  const content = eventItems(timeline.state.get().items).at(-1)?.content;
  assertEquals(content?.kind === "image" && [content.caption, content.source], [
    "Le plan",
    { kind: "mxc", uri: "mxc://test/upload" },
  ]);
  const huge = new File([new Uint8Array(1_000_001)], "film.mp4");
  await assertRejects(client.rooms.room(room).sendFile(huge), "TOO_LARGE");
});
