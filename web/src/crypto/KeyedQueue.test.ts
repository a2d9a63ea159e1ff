import { assertEquals, assertRejects } from "../platform/assert.ts";
import { KeyedQueue } from "./KeyedQueue.ts";

Deno.test("Work on the same keys waits its turn, other work does not, and a failure holds up nobody", async () => {
  const queue = new KeyedQueue();
  const log: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = queue.run(["a", "b", "a"], async () => {
    await gate;
    log.push("first");
    throw Object.assign(new Error(), { code: "FAILED" });
  });
  const second = queue.run(["b", "c"], () => Promise.resolve(log.push("second")));
  const third = queue.run(["c", "d"], () => Promise.resolve(log.push("third")));
  await queue.run(["d2"], () => Promise.resolve(log.push("other")));
  assertEquals(log, ["other"]);
  open();
  await assertRejects(first, "FAILED");
  await Promise.all([second, third]);
  assertEquals(log, ["other", "first", "second", "third"]);
});
