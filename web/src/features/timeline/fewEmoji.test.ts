import { isFewEmoji } from "./fewEmoji.ts";

function same(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("A few emoji alone are drawn large, digits and words are not", () => {
  same(isFewEmoji("👍"), true);
  same(isFewEmoji("👨‍👩‍👧 🇫🇷 ❤️"), true);
  same(isFewEmoji("1️⃣ 2"), false);
  same(isFewEmoji("12"), false);
  same(isFewEmoji("👍".repeat(20)), false);
  same(isFewEmoji("ok 👍"), false);
});
