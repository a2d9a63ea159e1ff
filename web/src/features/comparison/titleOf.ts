import type { Comparison } from "../../matrix/contract.ts";
import { isolated, type Sentence } from "../../locales/translate.ts";

/** What the window of a comparison is called. */
export function titleOf(comparison: Comparison, isNumbers: boolean): Sentence {
  const { state, isSelf, person } = comparison;
  const values = { name: isolated(person.name) };
  switch (state.phase) {
    case "asking":
      return { key: "comparison.asking" };
    case "asked":
      return isSelf ? { key: "comparison.asked" } : { key: "comparison.askedBy", values };
    case "preparing":
    case "comparing":
    case "waiting":
      return { key: isNumbers ? "comparison.comparingNumbers" : "comparison.comparing" };
    case "done":
      return isSelf ? { key: "comparison.done" } : { key: "comparison.donePerson", values };
    case "ended":
      return { key: "comparison.endedTitle" };
  }
}
