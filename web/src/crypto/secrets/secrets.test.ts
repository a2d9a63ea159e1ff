import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { decodeBase64, encodeBase64 } from "../primitives/base64.ts";
import { randomBytes } from "../primitives/bytes.ts";
import { damagedJSON } from "../testing/damage.ts";
import {
  describeKey,
  isKeyDescribed,
  type KeyDescription,
  nextNumber,
  readKeyDescription,
  recognizeKey,
} from "./keyDescription.ts";
import { derivePassphraseKey, readPassphraseParameters } from "./passphrase.ts";
import { randomCounter } from "./secretCipher.ts";
import { decryptSecret, encryptSecret, isEncryptedFor, readSeed } from "./storedSecret.ts";

const day = 86_400_000;

async function made(number: number) {
  const key = randomBytes(32);
  const about = {
    name: "Code de récupération",
    number,
    createdTS: 1_700_000_000_000 + number * day,
  };
  const content = await describeKey(key, about);
  const description = readKeyDescription(`key${number}`, content);
  assert(description !== undefined, "our own description must be read");
  return { key, content, description };
}

Deno.test("A key is known by its description, another key is not", async () => {
  const { key, content, description } = await made(3);
  assertEquals(await isKeyDescribed(key, description), true);
  assertEquals(await isKeyDescribed(randomBytes(32), description), false);
  assertEquals([description.number, description.createdTS], [3, 1_700_000_000_000 + 3 * day]);
  const padded = readKeyDescription("x", {
    ...content,
    iv: `${content.iv}==`,
    mac: `${content.mac}=`,
  });
  assertEquals(await isKeyDescribed(key, padded!), true);
});

Deno.test("A description without a check value cannot tell, a damaged one says no", async () => {
  const { key, content } = await made(1);
  const { iv: _, ...bare } = content;
  assertEquals(await isKeyDescribed(key, readKeyDescription("x", bare)!), "unknown");
  const damaged = readKeyDescription("x", { ...content, mac: "!" })!;
  assertEquals(await isKeyDescribed(key, damaged), false);
  assertEquals(readKeyDescription("x", { ...content, algorithm: "other" }), undefined);
});

Deno.test("An older code is recognized, with its number and its day", async () => {
  const codes = await Promise.all([1, 2, 3].map(made));
  const kept = codes.map(({ description }) => description);
  const foreign: KeyDescription = { keyID: "foreign" };
  const found = await recognizeKey(codes[0]!.key, [...kept, foreign]);
  assertEquals([found?.keyID, found?.number], ["key1", 1]);
  assertEquals(await recognizeKey(randomBytes(32), [...kept, foreign]), undefined);
  assertEquals([nextNumber([]), nextNumber([...kept, foreign])], [1, 4]);
});

Deno.test("A secret opens with its key under its name, and with no other", async () => {
  const [key, other] = [randomBytes(32), randomBytes(32)];
  const keys = [{ keyID: "a", key }, { keyID: "b", key: other }];
  const content = await encryptSecret("m.cross_signing.master", "tête-à-tête", keys);
  assertEquals(await decryptSecret("m.cross_signing.master", content, "a", key), "tête-à-tête");
  assertEquals(await decryptSecret("m.cross_signing.master", content, "b", other), "tête-à-tête");
  assertEquals([isEncryptedFor(content, "a"), isEncryptedFor(content, "toString")], [true, false]);
  await assertRejects(decryptSecret("m.cross_signing.master", content, "a", other), "BAD_MAC");
  await assertRejects(decryptSecret("m.megolm_backup.v1", content, "a", key), "BAD_MAC");
  await assertRejects(decryptSecret("m.cross_signing.master", content, "c", key), "UNKNOWN_KEY");
});

Deno.test("A counter never has bit 63, and every one is new", () => {
  const seen = new Set<string>();
  for (let round = 0; round < 500; round++) {
    const iv = randomCounter();
    assertEquals(iv[8]! & 0x80, 0);
    seen.add(encodeBase64(iv));
  }
  assertEquals(seen.size, 500);
});

Deno.test("A key from a passphrase is what PBKDF2 with SHA-512 gives", async () => {
  const parameters = readPassphraseParameters({
    algorithm: "m.pbkdf2",
    salt: "salt",
    iterations: 1,
  });
  assertEquals(parameters, { salt: "salt", iterations: 1, bits: 256 });
  // Known answers for P = "password", S = "salt", c = 1, as published with PBKDF2-HMAC-SHA512.
  const key = await derivePassphraseKey("password", parameters!);
  assertEquals(key.toHex(), "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252");
});

Deno.test("A passphrase that would hold the device up, or give no key, is not tried", () => {
  const good = { algorithm: "m.pbkdf2", salt: "s", iterations: 500_000, bits: 256 };
  assert(readPassphraseParameters(good) !== undefined, "the usual parameters are fine");
  const wrong = [
    { iterations: 0 },
    { iterations: 1e9 },
    { iterations: 1.5 },
    { iterations: "5" },
    { bits: 0 },
    { bits: 255 },
    { bits: 1e9 },
    { salt: undefined },
    { salt: "s".repeat(2_000) },
    { algorithm: "m.argon2" },
  ];
  for (const change of wrong) {
    assertEquals(readPassphraseParameters({ ...good, ...change }), undefined);
  }
});

Deno.test("Damaged account data is read or refused, and nothing else", async () => {
  const { key, content } = await made(1);
  const secret = await encryptSecret("m.x", "secret", [{ keyID: "a", key }]);
  for (const damaged of damagedJSON(content, 1_000)) {
    const description = readKeyDescription("a", damaged);
    if (description !== undefined) await isKeyDescribed(key, description);
  }
  for (const damaged of damagedJSON(secret, 1_000)) {
    await decryptSecret("m.x", damaged, "a", key).then(
      (text) => {
        // The format does not authenticate the IV: another one gives noise.
        const { iv } = (damaged as typeof secret).encrypted.a!;
        const isSame = decodeBase64(iv).toHex() === decodeBase64(secret.encrypted.a!.iv).toHex();
        assertEquals(text === "secret", isSame);
      },
      (error) => assertEquals(error.name, "CryptoError"),
    );
  }
  for (const text of ["", "AAAA", "é", "A".repeat(1_000_000)]) {
    await assertRejects(Promise.try(() => readSeed(text)), "BAD_FORMAT");
  }
});
