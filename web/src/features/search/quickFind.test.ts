import { quickFind } from "./quickFind.ts";

const all = [
  { id: "!a", name: "La presse", lastActivityTS: 9 },
  { id: "!b", name: "Presse régionale", lastActivityTS: 1 },
  { id: "!c", name: "Budget", lastActivityTS: 5 },
];

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

function found(query: string): string {
  return quickFind(all, query).map((one) => one.id).join();
}

Deno.test("Names that begin with the words come first, then the latest", () => {
  expect(found("press"), "!b,!a");
  expect(found("presse REGIONALE"), "!b");
  expect(found(""), "!a,!c,!b");
});
