import type { EventContent } from "../../matrix/contract.ts";

/** A part of a text, and whether it is what was looked for. */
export type Piece = { readonly text: string; readonly isFound: boolean };

/** Characters that are shown, about. */
const LENGTH = 200;
/** Characters before the first word that was found. */
const LEAD = 60;

/** The part of a text around the first of these words, on one line, cut between words. */
export function excerpt(text: string, words: readonly string[]): readonly Piece[] {
  const line = text.replace(/\s+/gu, " ").trim();
  const pattern = patternOf(words);
  const first = pattern === undefined ? 0 : Math.max(0, line.search(pattern));
  const start = startBefore(line, first);
  const end = endAfter(line, start);
  const shown = `${start > 0 ? "…" : ""}${line.slice(start, end).trim()}${
    end < line.length ? "…" : ""
  }`;
  return pieces(shown, pattern);
}

/** What can be found in a message: what was written, or what a file is called. */
export function wordsIn(content: EventContent): string {
  switch (content.kind) {
    case "text":
    case "location":
      return content.body;
    case "image":
    case "sticker":
    case "video":
    case "audio":
    case "file":
      return content.caption ?? content.fileName;
    default:
      return "";
  }
}

function pieces(text: string, pattern: RegExp | undefined): readonly Piece[] {
  if (pattern === undefined) return [{ text, isFound: false }];
  // What is split off by a group in the pattern stands at the odd places.
  return text.split(pattern)
    .map((part, index) => ({ text: part, isFound: index % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** Each of the words where it stands alone, the longest first. */
function patternOf(words: readonly string[]): RegExp | undefined {
  const known = words.filter((word) => word.trim() !== "");
  if (known.length === 0) return undefined;
  const any = known.toSorted((one, other) => other.length - one.length).map(escaped).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}])(${any})(?![\\p{L}\\p{N}])`, "iu");
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

function startBefore(line: string, found: number): number {
  if (found <= LEAD) return 0;
  const space = line.indexOf(" ", found - LEAD);
  return space >= 0 && space < found ? space + 1 : whole(line, found - LEAD);
}

function endAfter(line: string, start: number): number {
  if (line.length - start <= LENGTH) return line.length;
  const space = line.lastIndexOf(" ", start + LENGTH);
  // A word without an end, such as an address, is cut within.
  return space > start + LENGTH / 2 ? space : whole(line, start + LENGTH);
}

/** Not between the two halves of one character. */
function whole(line: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(line[at] ?? "") ? at - 1 : at;
}
