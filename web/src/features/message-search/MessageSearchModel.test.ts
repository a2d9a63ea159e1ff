import {
  Failure,
  type FoundMessage,
  type FoundMessages,
  type MessageQuery,
} from "../../matrix/contract.ts";
import { assert, assertEquals } from "../../platform/assert.ts";
import { countIn } from "./foundGroups.ts";
import { MessageSearchModel, MOST } from "./MessageSearchModel.ts";

const soon = () => Promise.resolve();

function message(eventID: string, roomID = "!a"): FoundMessage {
  const sender = { id: "@b:test", name: "Basile" };
  return { roomID, eventID, sender, ts: 1, content: { kind: "text", style: "text", body: "oui" } };
}

function page(ids: readonly string[], next?: string): FoundMessages {
  const messages = ids.map((id) => message(id));
  return { messages, words: ["oui"], ...(next === undefined ? {} : { next }) };
}

/** A server that answers when it is told to, and counts what is under way. */
class Slow {
  readonly asked: MessageQuery[] = [];
  readonly answers: ((page: FoundMessages) => void)[] = [];
  running = 0;
  most = 0;

  messages(query: MessageQuery, signal?: AbortSignal): Promise<FoundMessages> {
    this.asked.push(query);
    this.most = Math.max(this.most, ++this.running);
    return new Promise<FoundMessages>((answer, refuse) => {
      this.answers.push(answer);
      signal?.addEventListener("abort", () => refuse(new Failure("CANCELLED", "Taken back.")));
    }).finally(() => this.running--);
  }
}

function shown(model: MessageSearchModel): string {
  return model.state.get().groups
    .flatMap(({ messages }) => messages.map(({ eventID }) => eventID)).join();
}

Deno.test("While one types, at most one request is under way, and the last one counts", async () => {
  const server = new Slow();
  const model = new MessageSearchModel(server, "!a", soon);
  const all = [];
  for (const text of ["bu", "bud", "budg", "budget"]) {
    all.push(model.search(text));
    for (let turn = 0; turn < 5; turn++) await soon();
  }
  assertEquals(server.asked.at(-1), { text: "budget", order: "recent", roomID: "!a" });
  server.answers.forEach((answer, index) => answer(page([`$${index}`])));
  await Promise.all(all);
  assertEquals(shown(model), "$3");
  assertEquals(server.most, 1);
});

Deno.test("Without a pause in typing nothing is asked, nor for one letter", async () => {
  const server = new Slow();
  const pauses: (() => void)[] = [];
  const model = new MessageSearchModel(
    server,
    undefined,
    () => new Promise((done) => pauses.push(done)),
  );
  const all = [model.search("b"), model.search("bu"), model.search("bud"), model.search(" bud ")];
  for (const pass of pauses) pass();
  await soon();
  await soon();
  assertEquals(server.asked, [{ text: "bud", order: "recent" }]);
  server.answers[0]?.(page(["$1"]));
  await Promise.all(all);
  await model.search("b");
  assertEquals([model.state.get().status, shown(model)], ["short", ""]);
});

Deno.test("Pages follow each other, one at a time, up to as many as are looked at", async () => {
  let count = 0;
  const model = new MessageSearchModel(
    {
      messages: () => {
        const ids = Array.from({ length: 20 }, () => `$${count++}`);
        return Promise.resolve(page(ids, `after ${count}`));
      },
    },
    undefined,
    soon,
  );
  await model.search("oui");
  await Promise.all([model.more(), model.more()]);
  assertEquals(countIn(model.state.get().groups), 40);
  for (let turn = 0; turn < 30; turn++) await model.more();
  assertEquals(countIn(model.state.get().groups), MOST);
});

Deno.test("Pages with nothing in them are passed over, but not without end", async () => {
  const asked: (string | undefined)[] = [];
  const model = new MessageSearchModel(
    {
      messages: ({ from }) => {
        asked.push(from);
        return Promise.resolve(page(asked.length === 8 ? ["$1"] : [], `${asked.length}`));
      },
    },
    undefined,
    soon,
  );
  await model.search("oui");
  assertEquals(asked, [undefined, "1", "2", "3", "4"]);
  assertEquals(model.state.get().next, "5");
  await model.more();
  assertEquals(shown(model), "$1");
});

Deno.test("A page that says it is its own next one is the last", async () => {
  const model = new MessageSearchModel(
    { messages: ({ from }) => Promise.resolve(page(from === undefined ? ["$1"] : [], "same")) },
    undefined,
    soon,
  );
  await model.search("oui");
  await model.more();
  assertEquals([shown(model), model.state.get().next], ["$1", undefined]);
});

Deno.test("A failure can be tried again, and loses no page that was there", async () => {
  let isDown = true;
  const model = new MessageSearchModel(
    {
      messages: ({ from }) =>
        isDown
          ? Promise.reject(new Failure("OFFLINE", "no answer"))
          : Promise.resolve(from === undefined ? page(["$1"], "2") : page(["$2"])),
    },
    undefined,
    soon,
  );
  await model.search("oui");
  assertEquals(model.state.get().status, "failed");
  assert(model.state.get().problem !== undefined, "it is told");
  isDown = false;
  await model.retry();
  assertEquals([model.state.get().status, model.state.get().problem], ["done", undefined]);
  isDown = true;
  await model.more();
  assertEquals([model.state.get().status, shown(model)], ["more-failed", "$1"]);
  isDown = false;
  await model.retry();
  assertEquals(shown(model), "$1,$2");
});

Deno.test("Another order asks anew, and what is no longer looked at is asked again later", async () => {
  const server = new Slow();
  const model = new MessageSearchModel(server, undefined, soon);
  await model.arrange("rank");
  assertEquals(server.asked, []);
  const first = model.search("oui");
  await soon();
  await soon();
  model.close();
  await first;
  const again = model.open();
  server.answers[1]?.(page(["$1"]));
  await again;
  assertEquals(server.asked.map(({ order }) => order), ["rank", "rank"]);
  await model.open();
  assertEquals([server.asked.length, shown(model)], [2, "$1"]);
});

Deno.test("The same words asked for once more bring what is new; typed once more, nothing", async () => {
  let count = 0;
  const model = new MessageSearchModel(
    { messages: () => Promise.resolve(page([`$${++count}`])) },
    undefined,
    soon,
  );
  await model.begin("oui");
  await model.search("oui ");
  assertEquals(shown(model), "$1");
  await model.begin("oui");
  assertEquals(shown(model), "$2");
});
