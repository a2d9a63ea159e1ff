import { assert } from "../platform/assert.ts";
import { chaos } from "./testing/chaos.ts";

Deno.test("Whatever happens, each message is read by those who may read it, and by nobody else", async () => {
  let read = 0;
  for (let seed = 1; seed <= 5; seed++) read += (await chaos(seed)).read;
  assert(read > 400, `only ${read} readings were tried`);
});
