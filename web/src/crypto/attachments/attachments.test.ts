import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { applyCTR } from "../primitives/aes.ts";
import { randomBytes } from "../primitives/bytes.ts";
import { damagedJSON } from "../testing/damage.ts";
import { decryptAttachment, encryptAttachment, pieceBytes } from "./attachmentCipher.ts";
import { type EncryptedFile, readEncryptedFile, writeEncryptedFile } from "./encryptedFile.ts";

const url = "mxc://culture.example/FHyPlCeYUSFFxlgbQYZmoEoe";

/** The specification's own example. */
const example = {
  url,
  v: "v2",
  key: {
    alg: "A256CTR",
    ext: true,
    k: "aWF6-32KGYaC3A_FEUCk1Bt0JA37zP0wrStgmdCaW-0",
    key_ops: ["encrypt", "decrypt"],
    kty: "oct",
  },
  iv: "w+sE15fzSc0AAAAAAAAAAA",
  hashes: { sha256: "fdSLu/YkRx3Wyh3KQabP3rd6+SFiKg5lsJZQHtkSAYA" },
};

async function bytesOf(blob: Blob): Promise<number[]> {
  return [...new Uint8Array(await blob.arrayBuffer())];
}

Deno.test("A file comes back as it was, whatever its length", async () => {
  for (const length of [0, 1, 15, 16, 17, 4_096]) {
    const plain = randomBytes(length);
    const { ciphertext, secret } = await encryptAttachment(new Blob([plain]));
    assertEquals(ciphertext.size, length);
    const opened = await decryptAttachment(ciphertext, secret, "image/png");
    assertEquals(await bytesOf(opened), [...plain]);
    assertEquals(opened.type, "image/png");
  }
});

Deno.test("A file in several pieces is one stream of AES-CTR", async () => {
  const plain = new Uint8Array(2 * pieceBytes + 77).map((_, index) => index * 31 + (index >> 9));
  const { ciphertext, secret } = await encryptAttachment(new Blob([plain]));
  const whole = await applyCTR(secret.key, secret.iv, plain, 64);
  const encrypted = new Uint8Array(await ciphertext.arrayBuffer());
  assert(whole.every((byte, index) => byte === encrypted[index]), "the pieces must join");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encrypted));
  assertEquals([...secret.sha256], [...digest]);
  const opened = new Uint8Array(
    await (await decryptAttachment(ciphertext, secret, "")).arrayBuffer(),
  );
  assert(opened.every((byte, index) => byte === plain[index]), "the file must come back");
});

Deno.test("No two files share a key or an IV, and the type is not told", async () => {
  const file = new Blob(["same"], { type: "text/plain" });
  const [one, other] = await Promise.all([encryptAttachment(file), encryptAttachment(file)]);
  assert(String(one.secret.key) !== String(other.secret.key), "keys must differ");
  assert(String(one.secret.iv) !== String(other.secret.iv), "IVs must differ");
  assertEquals([...one.secret.iv.subarray(8)], [0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(one.ciphertext.type, "");
});

Deno.test("A file that was changed anywhere is refused", async () => {
  const { ciphertext, secret } = await encryptAttachment(new Blob([randomBytes(40)]));
  const bytes = new Uint8Array(await ciphertext.arrayBuffer());
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ 1);
    await assertRejects(decryptAttachment(new Blob([changed]), secret, ""), "BAD_MAC");
  }
  await assertRejects(decryptAttachment(ciphertext.slice(0, 39), secret, ""), "BAD_MAC");
  await assertRejects(decryptAttachment(new Blob([bytes, "x"]), secret, ""), "BAD_MAC");
});

Deno.test("An upload that is taken back stops", async () => {
  const stopped = AbortSignal.abort({ code: "CANCELLED" });
  await assertRejects(encryptAttachment(new Blob(["x"]), stopped), "CANCELLED");
});

Deno.test("The description of a file is read and written as the specification shows it", () => {
  assertEquals(writeEncryptedFile(readEncryptedFile(example)), example);
  // Padding, and more operations and fields than are asked for, are harmless.
  const more = {
    ...example,
    iv: `${example.iv}==`,
    mimetype: "image/png",
    key: { ...example.key, k: `${example.key.k}=`, key_ops: ["encrypt", "decrypt", "wrapKey"] },
  };
  assertEquals(writeEncryptedFile(readEncryptedFile(more)), example);
});

Deno.test("A description with any field missing or other is refused", async () => {
  const wrong: readonly unknown[] = [
    undefined,
    null,
    [],
    "v2",
    { ...example, v: "v1" },
    { ...example, v: undefined },
    { ...example, url: "mxc://culture.example/../secret" },
    { ...example, url: "https://culture.example/x" },
    { ...example, iv: "w+sE15fzSc0AAAAAAAAAAQ" },
    { ...example, iv: "w+sE15fzSc0" },
    { ...example, hashes: { sha1: example.hashes.sha256 } },
    { ...example, hashes: { sha256: example.hashes.sha256.slice(4) } },
    ...[{ kty: "RSA" }, { alg: "A128CTR" }, { ext: "true" }, { key_ops: ["encrypt"] }, {
      k: "AAAA",
    }]
      .map((change) => ({ ...example, key: { ...example.key, ...change } })),
    { ...example, key: { ...example.key, k: "A".repeat(1_000_000) } },
  ];
  for (const value of wrong) {
    const code = (value as { v?: unknown } | null)?.v === "v2" ? "BAD_FORMAT" : "BAD_VERSION";
    await assertRejects(Promise.try(() => readEncryptedFile(value)), code);
  }
});

Deno.test("Damaged descriptions are read or refused, and nothing else", () => {
  for (const damaged of damagedJSON(example, 3_000)) {
    let file: EncryptedFile;
    try {
      file = readEncryptedFile(damaged);
    } catch (error) {
      assertEquals((error as Error).name, "CryptoError");
      continue;
    }
    assertEquals([file.secret.key.length, file.secret.iv.length], [32, 16]);
  }
});
