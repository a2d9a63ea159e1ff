import type { EventItem, Timeline, TimelineState } from "../../matrix/contract.ts";
import { Value } from "../../ui/Value.ts";
import { TimelineModel } from "./TimelineModel.ts";

const basile = { id: "@basile:culture.example", name: "Basile" };

function said(key: string, more: Partial<EventItem> = {}): EventItem {
  return {
    kind: "event",
    key,
    eventID: `$${key}`,
    sender: basile,
    isOwn: false,
    ts: 0,
    content: { kind: "text", style: "text", body: key },
    reactions: [],
    readBy: [],
    isHighlight: false,
    canEdit: false,
    canRedact: false,
    ...more,
  };
}

class StoredTimeline implements Timeline {
  readonly state: Value<TimelineState>;
  asked: string[] = [];
  constructor(items: readonly EventItem[], more: Partial<TimelineState> = {}) {
    this.state = new Value({ isLoaded: true, items, earlier: "more", later: "end", ...more });
  }
  add(...items: readonly EventItem[]): void {
    this.state.update((state) => ({ ...state, items: [...state.items, ...items] }));
  }
  loadEarlier = () => this.#ask("earlier");
  loadLater = () => this.#ask("later");
  fillGap = () => this.#ask("gap");
  jumpTo = () => this.#ask("jump");
  jumpToLive = () => this.#ask("live");
  close(): void {}
  #ask(what: string): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }
}

function open(timeline: StoredTimeline) {
  const read: string[] = [];
  const model = new TimelineModel(timeline, () => "a day", (eventID) => void read.push(eventID));
  return { model, read };
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Nothing counts as read until somebody looks, and nothing twice", () => {
  const { model, read } = open(new StoredTimeline([said("a"), said("b")]));
  model.seen(true, "b");
  expect(read.length, 0);
  model.attend(true);
  model.seen(true, "b");
  model.attend(true);
  expect(read.join(), "$b");
});

Deno.test("A local echo in sight reads up to the last event before it", () => {
  const { eventID: _, ...echo } = said("echo", { isOwn: true, sending: { state: "sending" } });
  const { model, read } = open(new StoredTimeline([said("a"), echo]));
  model.attend(true);
  model.seen(true, "echo");
  expect(read.join(), "$a");
});

Deno.test("Messages that come while one reads further up are counted, one's own are not", () => {
  const timeline = new StoredTimeline([said("a")]);
  const { model } = open(timeline);
  model.seen(false, "a");
  timeline.add(said("b"), said("c", { isOwn: true }), said("d"));
  expect(model.below.get(), 2);
  expect(model.announcement.get()?.said.values?.text, "d");
  model.seen(true, "d");
  expect(model.below.get(), 0);
});

Deno.test("Older pages are not announced", () => {
  const timeline = new StoredTimeline([said("b")]);
  const { model } = open(timeline);
  timeline.state.update((state) => ({ ...state, items: [said("a"), ...state.items] }));
  expect(model.announcement.get(), undefined);
});

Deno.test("More is asked for only where there is more", () => {
  const timeline = new StoredTimeline([said("a")], { earlier: "loading", later: "more" });
  const { model } = open(timeline);
  model.needEarlier();
  model.needLater();
  expect(timeline.asked.join(), "later");
});

Deno.test("The last message that can be edited is found", () => {
  const items = [said("a", { isOwn: true, canEdit: true }), said("b", { isOwn: true }), said("c")];
  expect(open(new StoredTimeline(items)).model.lastEditable()?.key, "a");
});
