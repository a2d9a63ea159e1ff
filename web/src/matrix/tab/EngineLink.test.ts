import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { memoryChannels } from "../../platform/Channel.ts";
import { ManualClock, settle } from "../../platform/ManualClock.ts";
import { channelName, lobbyName, protocol } from "../engine/messages.ts";
import { EngineLink } from "./EngineLink.ts";

type Message = { readonly type: string; readonly id?: number; readonly name?: string };

/** A tab whose engines are played by the test. */
function linked() {
  const open = memoryChannels();
  const clock = new ManualClock();
  const told: string[] = [];
  const heard: Message[] = [];
  const lobby = open(lobbyName);
  const line = open(channelName("tab"));
  line.listen((message) => heard.push(message as Message));
  const link = new EngineLink("tab", open, clock, {
    onSilence: () => void told.push("silence"),
    onOutdated: () => void told.push("outdated"),
  });
  link.start();
  const announce = (engine: string, version = protocol) =>
    lobby.post({ type: "engine", engine, isReady: true, protocol: version });
  return { link, clock, told, heard, line, announce };
}

Deno.test("An engine that leaves all unanswered is none, but a slow clock is no silence", async () => {
  const { link, clock, told, line, announce } = linked();
  await clock.advance(7_000);
  assertEquals(told, []);
  await clock.advance(4_000);
  assertEquals(told, ["silence"]);
  // Each question may take long to be asked; what counts is that it is answered.
  line.listen((message) => {
    if ((message as Message).type === "ping") line.post({ type: "pong", engine: "one" });
  });
  announce("one");
  line.post({ type: "welcome", engine: "one" });
  for (let turn = 0; turn < 20; turn++) await clock.advance(2_000);
  assertEquals(told, ["silence"]);
  link.close();
});

Deno.test("Of two builds the newer one stays", async () => {
  const { link, told, announce } = linked();
  announce("newer", protocol + 1);
  announce("older", protocol - 1);
  await settle();
  assertEquals(told, ["outdated", "silence"]);
  link.close();
});

Deno.test("Over a takeover, calls are asked again, but for those that could be done twice", async () => {
  const { link, heard, line, announce } = linked();
  announce("one");
  line.post({ type: "welcome", engine: "one" });
  await settle();
  const repeatable = link.call("setTag", "!r:x", "m.favourite", true);
  const once = link.call("createRoom", { access: "private" });
  await settle();
  announce("two");
  line.post({ type: "welcome", engine: "two" });
  await assertRejects(once, "INTERRUPTED");
  await settle();
  const calls = heard.filter(({ type }) => type === "call");
  assertEquals(calls.map(({ name }) => name), ["setTag", "createRoom", "setTag"]);
  // The first engine was not dead after all: nobody listens to it any more.
  line.post({ type: "failure", engine: "one", id: 1, code: "LATE", message: "", details: {} });
  line.post({ type: "result", engine: "two", id: 1, value: undefined });
  await repeatable;
  link.close();
});
