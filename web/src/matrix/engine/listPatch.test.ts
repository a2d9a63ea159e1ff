import { assertEquals } from "../../platform/assert.ts";
import { ManualClock } from "../../platform/ManualClock.ts";
import { applyList, diffList } from "./listPatch.ts";

type Entry = { readonly key: string; readonly value: number };
const key = (entry: Entry) => entry.key;

Deno.test("A patch makes the new list out of the old one", () => {
  for (let seed = 0; seed < 500; seed++) {
    const clock = new ManualClock(0, seed);
    const random = (below: number) => Math.floor(clock.random() * below);
    const old: Entry[] = Array.from(
      { length: random(12) },
      (_, index) => ({ key: `k${index}`, value: 0 }),
    );
    const kept = old.filter(() => random(4) > 0)
      .map((entry) => random(3) === 0 ? { ...entry, value: 1 } : entry);
    const next = [...kept];
    for (let count = random(4); count > 0; count--) {
      next.splice(random(next.length + 1), 0, { key: `n${seed}-${count}`, value: 2 });
    }
    if (random(3) === 0) next.reverse();
    const patch = structuredClone(diffList(old, next, key));
    const made = applyList(old, patch, key);
    assertEquals(made, next, `seed ${seed}`);
    // What did not change is the very same object on the other side too.
    for (const entry of next) {
      if (!old.includes(entry)) continue;
      assertEquals(made.includes(entry), true, `seed ${seed}: ${entry.key} was copied`);
    }
  }
});

Deno.test("A message at the end costs one entry, however long the list", () => {
  const old: Entry[] = Array.from({ length: 500 }, (_, index) => ({ key: `k${index}`, value: 0 }));
  const patch = diffList(old, [...old, { key: "new", value: 1 }], key);
  assertEquals(patch, { head: 500, tail: 0, middle: [{ entry: { key: "new", value: 1 } }] });
});
