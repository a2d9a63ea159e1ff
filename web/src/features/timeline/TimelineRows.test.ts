import type {
  EventContent,
  EventItem,
  TimelineItem,
  TimelineState,
} from "../../matrix/contract.ts";
import { guessHeight, pictureSize, type Row, TimelineRows } from "./TimelineRows.ts";

const MINUTE = 60_000;
const amelie = { id: "@amelie:culture.example", name: "Amélie" };
const basile = { id: "@basile:culture.example", name: "Basile" };

function said(
  key: string,
  sender: typeof amelie,
  ts: number,
  more: Partial<EventItem> = {},
): EventItem {
  return {
    kind: "event",
    key,
    eventID: `$${key}`,
    sender,
    isOwn: sender === amelie,
    ts,
    content: { kind: "text", style: "text", body: "Bonjour" },
    reactions: [],
    readBy: [],
    isHighlight: false,
    canEdit: false,
    canRedact: false,
    ...more,
  };
}

function told(key: string, ts: number): EventItem {
  const content: EventContent = { kind: "membership", change: "joined", target: basile };
  return said(key, basile, ts, { content });
}

function state(items: readonly TimelineItem[], more: Partial<TimelineState> = {}): TimelineState {
  return { isLoaded: true, items, earlier: "more", later: "end", ...more };
}

/** Without the row at the beginning. */
function body(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row.kind !== "edge");
}

const options = {
  open: new Set<string>(),
  dayOf: (ts: number) => String(Math.floor(ts / 86_400_000)),
};

function kinds(rows: readonly Row[]): string {
  return body(rows).map((row) => row.kind).join(" ");
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Messages of one sender within minutes stand under one name", () => {
  const rows = new TimelineRows().update(
    state([
      said("a", amelie, 0),
      said("b", amelie, MINUTE),
      said("c", basile, 2 * MINUTE),
      said("d", basile, 20 * MINUTE),
    ]),
    options,
  );
  expect(kinds(rows), "day message message message message");
  const continued = body(rows).map((row) => row.kind === "message" && row.isContinued).join(" ");
  expect(continued, "false false true false false");
});

Deno.test("A new day begins with its name", () => {
  const rows = new TimelineRows().update(
    state([said("a", amelie, 86_399_000), said("b", amelie, 86_401_000)]),
    options,
  );
  expect(kinds(rows), "day message day message");
});

Deno.test("Three changes of the room or more are collapsed, two are not", () => {
  const two = new TimelineRows().update(state([told("a", 0), told("b", 1)]), options);
  expect(kinds(two), "day told told");
  const list = new TimelineRows();
  const three = state([told("a", 0), told("b", 1), told("c", 2)]);
  expect(kinds(list.update(three, options)), "day told-group");
  expect(list.keyOf("$b"), "told a");
  const open = { ...options, open: new Set(["told a"]) };
  expect(kinds(list.update(three, open)), "day told-group told told told");
  expect(list.keyOf("$b"), "b");
});

Deno.test("The line of new messages stands before the first that another sent", () => {
  const items = [said("a", basile, 0), said("b", amelie, 1), said("c", basile, 2)];
  const rows = new TimelineRows().update(state(items, { readUpTo: "$a" }), options);
  expect(kinds(rows), "day message message new message");
  const own = new TimelineRows().update(state(items.slice(0, 2), { readUpTo: "$a" }), options);
  expect(kinds(own), "day message message");
});

Deno.test("A row that did not change is the same object, and so is a list of such rows", () => {
  const list = new TimelineRows();
  const items = [said("a", amelie, 0), said("b", basile, 1)];
  const first = list.update(state(items), options);
  expect(list.update(state([...items]), options), first);
  const later = list.update(state([...items, said("c", basile, 2)]), options);
  expect(later[1], first[1]);
  expect(later[2], first[2]);
});

Deno.test("Only the last message of all shows that it was sent, until somebody read it", () => {
  const list = new TimelineRows();
  const sent = list.update(state([said("a", amelie, 0), said("b", amelie, 1)]), options);
  expect(
    body(sent).map((row) => row.kind === "message" && row.showsSent).join(" "),
    "false false true",
  );
  const read = said("b", amelie, 1, { readBy: [{ ...basile, ts: 2 }] });
  const seen = list.update(state([said("a", amelie, 0), read]), options);
  expect(seen.some((row) => row.kind === "message" && row.showsSent), false);
});

Deno.test("Where there is more, a row stands that can be tried again", () => {
  const rows = new TimelineRows().update(state([], { earlier: "failed", later: "more" }), options);
  const edges = rows.map((row) => row.kind === "edge" && `${row.key} ${row.hasFailed}`);
  expect(edges.join(), "earlier true,later false");
});

Deno.test("The beginning is drawn when there is nothing before", () => {
  const rows = new TimelineRows().update(state([], { earlier: "end" }), options);
  expect(kinds(rows), "beginning");
});

Deno.test("Ten thousand messages become rows in a few milliseconds", () => {
  const items = Array.from(
    { length: 10_000 },
    (_, index) => said(`m${index}`, index % 3 === 0 ? amelie : basile, index * MINUTE),
  );
  const list = new TimelineRows();
  list.update(state(items), options);
  const start = performance.now();
  list.update(state([...items, said("new", basile, 10_000 * MINUTE)]), options);
  const took = performance.now() - start;
  if (took > 100) throw new Error(`${took} ms`);
});

Deno.test("A picture is drawn in its proportions, whatever its sender claims", () => {
  expect(JSON.stringify(pictureSize(4000, 3000)), '{"width":420,"height":315}');
  expect(JSON.stringify(pictureSize(10, 100_000)), '{"width":48,"height":320}');
  expect(JSON.stringify(pictureSize(-1, Number.NaN)), '{"width":320,"height":240}');
});

Deno.test("Every row has a height to guess, even for an endless text", () => {
  const endless = said("a", amelie, 0, {
    content: { kind: "text", style: "text", body: "x\n".repeat(30_000) },
  });
  const rows = new TimelineRows().update(state([endless], { earlier: "end" }), options);
  for (const row of rows) {
    const height = guessHeight(row, 600);
    if (!(height > 0 && height < 20_000)) throw new Error(`${row.kind}: ${height}`);
  }
});
