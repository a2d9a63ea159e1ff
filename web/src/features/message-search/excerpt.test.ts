import { assert, assertEquals } from "../../platform/assert.ts";
import { excerpt, wordsIn } from "./excerpt.ts";

/** What is found stands in brackets. */
function shown(text: string, ...words: readonly string[]): string {
  return excerpt(text, words).map((piece) => piece.isFound ? `[${piece.text}]` : piece.text)
    .join("");
}

Deno.test("Whole words are marked as they stand, whatever their case", () => {
  assertEquals(shown("L’Hôpital et l'hôpital", "hôpital"), "L’[Hôpital] et l'[hôpital]");
  assertEquals(shown("art, article, ART.", "art"), "[art], article, [ART].");
  assertEquals(shown("chef-d'œuvre", "œuvre", "chef"), "[chef]-d'[œuvre]");
});

Deno.test("Words are no patterns", () => {
  assertEquals(shown("a.b (c) a-b", ".*", "(c", "a.b", "["), "[a.b] [(c]) a-b");
  assertEquals(shown("rien", "", " "), "rien");
});

Deno.test("Of a long text what is around the first word found is shown, on one line", () => {
  const filling = "des mots sans importance ".repeat(40);
  const text = shown(`${filling}le\n  budget ${filling}`, "budget");
  assert(text.startsWith("…") && text.endsWith("…"), text);
  assert(text.includes(" le [budget] des mots"), text);
  assert(text.length < 230, `${text.length}`);
  assert(/^…(des|mots|sans|importance) /.test(text), "it begins with a whole word");
});

Deno.test("A word without an end is cut, and no character in two", () => {
  const text = shown("👍".repeat(5_000), "budget");
  assert(text.length < 210, `${text.length}`);
  assert(text.isWellFormed(), "whole characters");
});

Deno.test("A file is found by its caption, or by its name", () => {
  const file = {
    kind: "file",
    fileName: "note.pdf",
    source: { kind: "mxc", uri: "mxc://a/b" },
  } as const;
  assertEquals(wordsIn(file), "note.pdf");
  assertEquals(wordsIn({ ...file, caption: "La note" }), "La note");
});
