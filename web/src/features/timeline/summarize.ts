import type { EventItem, MembershipChange } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import type { Key, Sentence } from "../../locales/translate.ts";

const counted: Partial<Record<MembershipChange, Key>> = {
  "joined": "group.joined",
  "left": "group.left",
  "invited": "group.invited",
  "invitation-declined": "group.declined",
  "kicked": "group.removed",
  "banned": "group.removed",
  "kicked-and-banned": "group.removed",
  "knocked": "group.knocked",
  "renamed": "group.profile",
  "avatar-changed": "group.profile",
};

/**
 * What happened in a run of changes, counted by kind: « 4 personnes ont rejoint le salon ».
 *
 * What the creator of a room set at its creation is not counted: « Amélie a créé ce salon » says it.
 */
export function summarize(items: readonly EventItem[]): readonly Sentence[] {
  const created = items.find((item) => item.content.kind === "created");
  const people = new Map<Key, Set<string>>();
  let others = 0;
  for (const { content, sender } of items) {
    if (sender.id === created?.sender.id) continue;
    const key = content.kind === "membership" ? counted[content.change] : undefined;
    if (content.kind !== "membership" || key === undefined) {
      others++;
      continue;
    }
    const known = people.get(key) ?? new Set();
    people.set(key, known.add(content.target.id));
  }
  const sentences: Sentence[] = created === undefined ? [] : [describe(created)];
  for (const [key, who] of people) sentences.push({ key, values: { count: who.size } });
  if (others > 0) sentences.push({ key: "group.changes", values: { count: others } });
  return sentences;
}
