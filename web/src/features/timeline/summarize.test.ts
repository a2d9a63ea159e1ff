import type { EventContent, EventItem, MembershipChange } from "../../matrix/contract.ts";
import { summarize } from "./summarize.ts";

function item(id: string, content: EventContent): EventItem {
  return {
    kind: "event",
    key: id,
    sender: { id, name: id },
    isOwn: false,
    ts: 0,
    content,
    reactions: [],
    readBy: [],
    isHighlight: false,
    canEdit: false,
    canRedact: false,
  };
}

function change(id: string, change: MembershipChange): EventItem {
  return item(id, { kind: "membership", change, target: { id, name: id } });
}

Deno.test("Each kind of change is counted by the people it concerns", () => {
  const made = summarize([
    change("@a", "joined"),
    change("@b", "joined"),
    change("@a", "renamed"),
    change("@a", "avatar-changed"),
    item("@c", { kind: "topic-changed", topic: "x" }),
  ]);
  const words = made.map(({ key, values }) => `${key} ${values?.count}`).join(", ");
  const wanted = "group.joined 2, group.profile 1, group.changes 1";
  if (words !== wanted) throw new Error(words);
});

Deno.test("What its creator set at the beginning is told as the creation", () => {
  const made = summarize([
    item("@a", { kind: "created" }),
    change("@a", "joined"),
    item("@a", { kind: "join-rule-changed", rule: "public" }),
    change("@b", "joined"),
  ]);
  const words = made.map(({ key }) => key).join(", ");
  if (words !== "told.created, group.joined") throw new Error(words);
});
