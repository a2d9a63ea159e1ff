import type { EventItem, Permissions } from "../../matrix/contract.ts";

/** What one can do with a message. */
export type Verb =
  | "react"
  | "reply"
  | "edit"
  | "copy"
  | "copyLink"
  | "profile"
  | "report"
  | "remove";

/** What may be done with this message by this person, in the order of the menu. */
export function allowedVerbs(item: EventItem, may: Permissions): readonly Verb[] {
  if (item.sending !== undefined || item.eventID === undefined) return [];
  const isGone = item.content.kind === "redacted";
  const allowed: Record<Verb, boolean> = {
    react: !isGone && may.react,
    reply: !isGone && may.send,
    edit: !isGone && item.canEdit,
    copy: textOf(item) !== undefined,
    copyLink: true,
    profile: true,
    report: !isGone && !item.isOwn,
    remove: !isGone && item.canRedact,
  };
  return order.filter((verb) => allowed[verb]);
}

const order: readonly Verb[] = [
  "react",
  "reply",
  "edit",
  "copy",
  "copyLink",
  "profile",
  "report",
  "remove",
];

/** The words of a message, to be copied. */
export function textOf({ content }: EventItem): string | undefined {
  if (content.kind === "text") return content.body;
  return "caption" in content ? content.caption : undefined;
}

type Key = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

/** What a key does when the focus is on a message itself. */
export function verbKey({ key, ctrlKey, metaKey, altKey }: Key): Verb | undefined {
  if (altKey) return undefined;
  if (ctrlKey || metaKey) return key === "c" ? "copy" : undefined;
  switch (key) {
    case "r":
      return "reply";
    case "e":
      return "edit";
    case "+":
      return "react";
    case "Delete":
      return "remove";
    default:
      return undefined;
  }
}
