import { assertEquals } from "../../platform/assert.ts";
import { Sha256 } from "./Sha256.ts";

Deno.test("However the pieces are cut, the hash is the browser's", async () => {
  for (let length = 0; length < 300; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const expected = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
    const whole = new Sha256();
    whole.add(bytes);
    assertEquals([...whole.finish()], expected, `${length} bytes`);
    const pieces = new Sha256();
    for (let at = 0, size = 1; at < length; at += size, size = (size * 7) % 90 + 1) {
      pieces.add(bytes.subarray(at, at + size));
    }
    assertEquals([...pieces.finish()], expected, `${length} bytes in pieces`);
  }
});
