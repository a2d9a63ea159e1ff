import { completionAt } from "./completion.ts";

function found(text: string, cursor = text.length): string {
  const word = completionAt(text, cursor);
  return word === undefined ? "none" : `${word.kind} « ${word.query} » ${word.start}-${word.end}`;
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("People are completed after @, with first and last name", () => {
  expect(found("@"), "person «  » 0-1");
  expect(found("Bonjour @Amé"), "person « Amé » 8-12");
  expect(found("Bonjour @Amélie Du"), "person « Amélie Du » 8-18");
  expect(found("(@Bas"), "person « Bas » 1-5");
});

Deno.test("An address of mail and a finished name complete nothing", () => {
  expect(found("amelie@culture.example"), "none");
  expect(found("@ "), "none");
  expect(found("@Amélie Dupont, tu as vu le compte rendu ?"), "none");
});

Deno.test("Emoji are completed after : and two letters, never after a number", () => {
  expect(found(":so"), "emoji « so » 0-3");
  expect(found("ah :étoile"), "emoji « étoile » 3-10");
  expect(found(":s"), "none");
  expect(found("à 14:30"), "none");
  expect(found("https://x"), "none");
});

Deno.test("What stands after the cursor does not matter", () => {
  expect(found("@Ba et la suite", 3), "person « Ba » 0-3");
});
