import type { Person } from "../../matrix/contract.ts";

/** A word at the cursor that could be completed. `start` and `end` in UTF-16 units. */
export type Word = {
  readonly kind: "person" | "emoji";
  readonly query: string;
  readonly start: number;
  readonly end: number;
};

export type Completion = Word & { readonly people: readonly Person[] };

export type Suggestion =
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "everybody" }
  | { readonly kind: "emoji"; readonly characters: string; readonly name: string };

/** A query is no longer than this: a name is not. */
const LONGEST = 40;

/**
 * The word before the cursor, when it begins with `@` (people, spaces allowed) or `:` and two
 * letters (emoji). Not in the middle of an address of mail, nor after a number such as `14:`.
 */
export function completionAt(text: string, cursor: number): Word | undefined {
  const line = text.slice(Math.max(0, cursor - LONGEST - 1), cursor);
  const person = /(?:^|[\s(«"“])@([^@\n:]{0,40})$/u.exec(line);
  if (person !== null) {
    const query = person[1] ?? "";
    if (/\s\S+\s\S+\s|^\s|\s{2}/u.test(query)) return undefined;
    return { kind: "person", query, start: cursor - query.length - 1, end: cursor };
  }
  const emoji = /(?:^|[\s(«"“]):([\p{L}][\p{L}\p{N}_-]{1,30})$/u.exec(line);
  if (emoji === null) return undefined;
  const query = emoji[1] ?? "";
  return { kind: "emoji", query, start: cursor - query.length - 1, end: cursor };
}
