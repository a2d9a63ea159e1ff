import { avatarHue, initials } from "./avatar.ts";

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Initials are those of the first and the last word, without the organisation", () => {
  expect(initials("Amélie Dupont [Culture]"), "AD");
  expect(initials("Jean-Baptiste de La Salle"), "JS");
  expect(initials("élodie"), "É");
});

Deno.test("A name without letters still has something to show", () => {
  expect(initials("🦊"), "?");
  expect(initials(""), "?");
  expect(initials("z̸͚̈́a̶l̷g̵o̶"), "Z");
});

Deno.test("A seed keeps its colour", () => {
  expect(avatarHue("@amelie:culture.example"), avatarHue("@amelie:culture.example"));
  expect(avatarHue("") >= 0 && avatarHue("x".repeat(255)) < 8, true);
});
