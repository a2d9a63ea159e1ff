import { EmojiSearch } from "./EmojiSearch.ts";
import type { EmojiGroup } from "./emojiData.ts";

const groups: readonly EmojiGroup[] = [{
  name: "smileys",
  emoji: [
    ["😀", "visage rieur", "sourire heureux"],
    ["⭐", "étoile", "astre favori"],
    ["🌟", "étoile brillante", "lueur"],
    ["❤️", "cœur rouge", "amour"],
  ],
}];

function found(query: string): string {
  return new EmojiSearch(groups).find(query, 10).map(([characters]) => characters).join("");
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Accents and case do not matter, and the exact name comes first", () => {
  expect(found("ETOILE"), "⭐🌟");
  expect(found("coeur"), "❤️");
});

Deno.test("Every word has to be found, by the name or by the other words", () => {
  expect(found("étoile brill"), "🌟");
  expect(found("sour"), "😀");
  expect(found("étoile rouge"), "");
  expect(found("  "), "");
});

Deno.test("An emoji can be asked for its name", () => {
  expect(new EmojiSearch(groups).nameOf("⭐"), "étoile");
  expect(new EmojiSearch(groups).nameOf("x"), undefined);
});
