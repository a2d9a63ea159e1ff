import { fakeItems } from "../../matrix/fake/fakeRooms.ts";
import { neighbours, picturesIn } from "./pictures.ts";

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Pictures are found among all that was said, with those around each", () => {
  const [one] = picturesIn(fakeItems("!a", 20, 0));
  if (one === undefined) throw new Error("no picture");
  const all = ["a", "b", "c"].map((key) => ({ ...one, item: { ...one.item, key } }));
  expect(neighbours(all, "b").previous, "a");
  expect(neighbours(all, "b").next, "c");
  expect(neighbours(all, "a").previous, undefined);
  expect(neighbours(all, "x").current, undefined);
});
