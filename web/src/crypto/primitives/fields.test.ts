import { assertEquals, assertRejects } from "../../platform/assert.ts";
import { encodeBase64 } from "./base64.ts";
import { randomBytes } from "./bytes.ts";
import { CryptoError } from "./CryptoError.ts";
import { ciphertextField, integerField, keyField, readFields, writeFields } from "./fields.ts";
import { hmacSHA256, importHMACKey } from "./hashing.ts";
import { hmacOfByte } from "./ratchetHMAC.ts";

Deno.test("Fields go there and back, up to the largest number", () => {
  const key = randomBytes(32);
  for (const number of [0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1]) {
    const fields = readFields(writeFields([[0x0a, key], [0x10, number], [0xffff8, 1]]));
    assertEquals(integerField(fields, 0x10), number);
    assertEquals(encodeBase64(keyField(fields, 0x0a)), encodeBase64(key));
    assertEquals(fields.get(0xffff8), 1);
  }
});

Deno.test("Fields that are cut off, doubled, too large or of another kind are refused", async () => {
  const bad = {
    "a tag alone": [0x08],
    "a number without its end": [0x08, 0x80],
    "a number of 2^32": [0x08, 0x80, 0x80, 0x80, 0x80, 0x10],
    "a number of six bytes": [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    "a string longer than the rest": [0x0a, 0x03, 0x01, 0x02],
    "a string of 2^32 - 1 bytes": [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "twice the same": [0x08, 0x01, 0x08, 0x01],
    "a fixed number of 8 bytes": [0x09, 1, 2, 3, 4, 5, 6, 7, 8],
    "too many": Array.from({ length: 40 }, (_, at) => [0x80 + 8 * (at % 16), 1 + (at >> 4), 1])
      .flat(),
  };
  for (const [about, bytes] of Object.entries(bad)) {
    await assertRejects(Promise.try(() => readFields(Uint8Array.from(bytes))), "BAD_FORMAT").catch(
      (error) => {
        throw new Error(about, { cause: error });
      },
    );
  }
  const fields = readFields(writeFields([[0x0a, randomBytes(31)], [0x12, randomBytes(17)]]));
  await assertRejects(Promise.try(() => keyField(fields, 0x0a)), "BAD_FORMAT");
  await assertRejects(Promise.try(() => keyField(fields, 0x22)), "BAD_FORMAT");
  await assertRejects(Promise.try(() => integerField(fields, 0x0a)), "BAD_FORMAT");
  await assertRejects(Promise.try(() => ciphertextField(fields, 0x12)), "BAD_FORMAT");
});

Deno.test("Random bytes are read or refused, and nothing else", () => {
  for (let run = 0; run < 20_000; run++) {
    try {
      readFields(randomBytes(run % 97));
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
  }
});

Deno.test("The ratchets' HMAC is the browser's", async () => {
  for (let byte = 0; byte < 256; byte++) {
    const key = randomBytes(40).subarray(3, 35);
    const theirs = await hmacSHA256(await importHMACKey(key), Uint8Array.of(byte));
    assertEquals(encodeBase64(hmacOfByte(key, byte)), encodeBase64(theirs));
  }
});
