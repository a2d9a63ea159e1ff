import type { FoundMessage } from "../../matrix/contract.ts";
import { assertEquals } from "../../platform/assert.ts";
import { type FoundGroup, withPage } from "./foundGroups.ts";

function page(...ids: readonly string[]): readonly FoundMessage[] {
  return ids.map((id) => ({
    roomID: `!${id[0]}`,
    eventID: `$${id}`,
    sender: { id: "@b:test", name: "Basile" },
    ts: 1,
    content: { kind: "text", style: "text", body: "oui" },
  }));
}

function shown(groups: readonly FoundGroup[]): string {
  return groups.map(({ roomID, messages }) =>
    `${roomID}: ${messages.map(({ eventID }) => eventID.slice(1)).join(" ")}`
  ).join("; ");
}

Deno.test("Messages of a room stand together, the rooms in the order of their first", () => {
  assertEquals(shown(withPage([], page("b1", "a1", "b2", "a2"))), "!b: b1 b2; !a: a1 a2");
});

Deno.test("A page goes on where the one before ended, and moves nothing of it", () => {
  const first = withPage([], page("a1", "b1"));
  const all = withPage(first, page("a2", "b2", "b1", "c1", "c1"));
  assertEquals(shown(all), "!a: a1; !b: b1 b2; !a: a2; !c: c1");
  assertEquals(all[0] === first[0], true);
  assertEquals(new Set(all.map(({ key }) => key)).size, 4);
});

Deno.test("An empty page changes nothing", () => {
  const first = withPage([], page("a1"));
  assertEquals(withPage(first, []), first);
});
