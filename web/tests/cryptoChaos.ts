import { chaos } from "../src/crypto/testing/chaos.ts";

// Runs the chaos of the cryptography with many seeds and prints what came of it, as one line of
// JSON:  deno run --no-remote tests/cryptoChaos.ts FIRST-SEED HOW-MANY
const [first = 1, count = 200] = Deno.args.map(Number);
const total = { seeds: 0, messages: 0, read: 0, faults: 0, broken: [] as string[] };
for (let seed = first; seed < first + count; seed++) {
  total.seeds++;
  try {
    const outcome = await chaos(seed, 6, 160);
    total.messages += outcome.messages;
    total.read += outcome.read;
    total.faults += outcome.faults;
  } catch (error) {
    total.broken.push(String(error));
  }
}
console.log(JSON.stringify(total));
