import { assert, assertEquals } from "../../platform/assert.ts";
import { codeAlphabet, groupCode, readRecoveryCode, writeRecoveryCode } from "./recoveryCode.ts";

/** From the byte 0 up: the example that other implementations test themselves with. */
const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const code = writeRecoveryCode(key);

function bytesOf(input: string): number[] | string {
  const reading = readRecoveryCode(input);
  return reading.state === "whole" ? [...reading.key] : reading.state;
}

Deno.test("A code gives its key back, and begins with Es in groups of four", () => {
  assert(/^Es(\S{2})( \S{4}){11}$/.test(code), code);
  assertEquals(bytesOf(code), [...key]);
  for (const fill of [0x00, 0xff]) {
    const edge = new Uint8Array(32).fill(fill);
    assertEquals(bytesOf(writeRecoveryCode(edge)), [...edge]);
  }
  for (let round = 0; round < 200; round++) {
    const random = crypto.getRandomValues(new Uint8Array(32));
    assertEquals(bytesOf(writeRecoveryCode(random)), [...random]);
  }
});

Deno.test("A code that another implementation wrote is read", () => {
  // The key of the pairs in the libolm test suite.
  const known = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d";
  assertEquals(bytesOf(known), [
    ...[0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66],
    ...[0x45, 0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9],
    ...[0x2c, 0x2a],
  ]);
});

Deno.test("Spaces, dashes, line breaks and invisible characters do not count", () => {
  const tight = code.replaceAll(" ", "");
  assertEquals(bytesOf(tight), [...key]);
  const litter = "\u200b \u00a0\u2011–—−\r\n\t\ufeff\u2060\u202e\ufe0f-";
  const littered = Array.from(tight).join(litter);
  assertEquals(bytesOf(`\u2066${littered}`), [...key]);
  assertEquals(bytesOf(tight.replace(/.{4}/g, "$&\u200b–\n")), [...key]);
  assertEquals(
    groupCode(tight.slice(0, 9) + " -"),
    `${code.slice(0, 9)} ${code.slice(10, 11)}`.trim(),
  );
});

Deno.test("A character that is in no code is named at once, with its place", () => {
  for (const character of ["0", "O", "I", "l"]) {
    assertEquals(readRecoveryCode(`Es T${character}abc`), {
      state: "impossible",
      character,
      place: 4,
      index: 4,
      isLookalike: true,
    });
  }
  assertEquals(readRecoveryCode("Es–é"), {
    state: "impossible",
    character: "é",
    place: 3,
    index: 3,
    isLookalike: false,
  });
  assertEquals(readRecoveryCode("😀").state, "impossible");
});

Deno.test("The case of a letter counts", () => {
  const at = Array.from(code).findIndex((one, index) => index > 5 && /[a-hjkmnp-z]/.test(one));
  const other = code.slice(0, at) + code[at]!.toUpperCase() + code.slice(at + 1);
  assert(bytesOf(other) === "mistyped", "a changed case must be noticed");
});

Deno.test("While typing, what begins like no code is told at once", () => {
  assertEquals(readRecoveryCode(""), { state: "empty" });
  assertEquals(readRecoveryCode(" - "), { state: "empty" });
  assertEquals(readRecoveryCode("E"), { state: "incomplete", length: 1 });
  assertEquals(readRecoveryCode("e"), { state: "not-a-code", place: 1 });
  assertEquals(readRecoveryCode("ES"), { state: "not-a-code", place: 2 });
  const tight = code.replaceAll(" ", "");
  for (let length = 1; length < 48; length++) {
    assertEquals(readRecoveryCode(tight.slice(0, length)), { state: "incomplete", length });
  }
  assertEquals(readRecoveryCode(tight + "a"), { state: "too-long", length: 49 });
});

Deno.test("A mistaken character is noticed but for one in 256", () => {
  const tight = Array.from(code.replaceAll(" ", ""));
  let missed = 0;
  let tried = 0;
  for (let place = 4; place < 48; place++) {
    for (const digit of codeAlphabet) {
      if (digit === tight[place]) continue;
      tried++;
      if (bytesOf(tight.with(place, digit).join("")) !== "mistyped") missed++;
    }
  }
  assert(missed < tried / 60, `${missed} of ${tried} were missed`);
});

Deno.test("No input is too strange to be read", () => {
  for (let round = 0; round < 2_000; round++) {
    const units = crypto.getRandomValues(new Uint16Array(60));
    readRecoveryCode(String.fromCharCode(...units));
    readRecoveryCode(`Es${String.fromCharCode(...units.map((unit) => unit % 128))}`);
  }
  assertEquals(readRecoveryCode("\u200b".repeat(1_000_000)), { state: "empty" });
});
