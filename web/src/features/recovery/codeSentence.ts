import { codeLength, type CodeReading } from "../../crypto/secrets/recoveryCode.ts";
import type { Sentence } from "../../locales/translate.ts";
import type { CodeLabel } from "../../matrix/contract.ts";
import type { Formats } from "../../locales/formats.ts";

/**
 * What is wrong with what was typed so far, as soon as it is certain.
 *
 * - Parameter isTried: The person says that it is all; then what is missing is wrong too.
 */
export function codeProblem(reading: CodeReading, isTried: boolean): Sentence | undefined {
  switch (reading.state) {
    case "whole":
      return undefined;
    case "empty":
      return isTried ? { key: "code.missing", values: { count: codeLength } } : undefined;
    case "incomplete":
      return isTried
        ? { key: "code.missing", values: { count: codeLength - reading.length } }
        : undefined;
    case "impossible": {
      const { character, place } = reading;
      return {
        key: reading.isLookalike ? "code.lookalike" : "code.impossible",
        values: { character, place },
      };
    }
    case "not-a-code":
      return { key: "code.notACode", values: { place: reading.place } };
    case "too-long":
      return { key: "code.tooLong", values: { count: reading.length - codeLength } };
    case "mistyped":
      return { key: "code.mistyped" };
  }
}

/** How far the typing has come. */
export function codeProgress(reading: CodeReading): Sentence {
  if (reading.state === "whole") return { key: "code.whole" };
  if (reading.state === "incomplete") {
    return { key: "code.typed", values: { count: reading.length } };
  }
  return { key: "code.hint" };
}

/** Which code is meant, where it has a number and a day. */
export function labelled(
  key: "code.dated" | "unlock.asked",
  { number, createdTS }: CodeLabel,
  format: Pick<Formats, "date">,
): Sentence | undefined {
  if (number === undefined || createdTS === undefined) return undefined;
  return { key, values: { number, date: format.date(createdTS) } };
}
