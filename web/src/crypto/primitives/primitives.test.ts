import { assert, assertEquals, assertRejects } from "../../platform/assert.ts";
import { applyCTR, decryptCBC, encryptCBC, generateSealingKey, seal, unseal } from "./aes.ts";
import {
  decodeBase64,
  decodeBase64Exactly,
  decodeBase64URL,
  encodeBase64,
  encodeBase64URL,
} from "./base64.ts";
import { type Bytes, concat, encodeUTF8, equalInConstantTime, randomBytes } from "./bytes.ts";
import { canonicalJSON } from "./canonicalJSON.ts";
import { importEd25519, importEd25519Public, isSignedBy, sign } from "./ed25519.ts";
import { hkdfSHA256, hmacSHA256, importHMACKey, pbkdf2SHA512, sha256 } from "./hashing.ts";
import { isJSONSigned, signJSON, verifyJSON } from "./signedJSON.ts";
import { agree, generateX25519, importX25519 } from "./x25519.ts";

Deno.test("Base64 is the spec's, and goes there and back for every length", () => {
  const words = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"];
  words.forEach((word, length) => {
    const bytes = encodeUTF8("foobar".slice(0, length));
    assertEquals(encodeBase64(bytes), word);
    assertEquals(decodeBase64(word), bytes);
    const padded = word + "=".repeat((4 - word.length % 4) % 4);
    assertEquals(decodeBase64(padded), bytes);
  });
  for (let length = 0; length < 300; length++) {
    const bytes = randomBytes(length);
    assertEquals(decodeBase64(encodeBase64(bytes)), bytes);
    assertEquals(decodeBase64URL(encodeBase64URL(bytes)), bytes);
  }
});

Deno.test("Base64 with strange characters or the wrong length is refused", async () => {
  for (
    const bad of ["A", "AAAAA", "Z===", "Zm 8", "Zm-8", "=", "é0", "Zg=", "Zg==="]
  ) {
    await assertRejects(Promise.try(() => decodeBase64(bad)), "BAD_FORMAT");
  }
  await assertRejects(Promise.try(() => decodeBase64URL("Zm+8")), "BAD_FORMAT");
  await assertRejects(Promise.try(() => decodeBase64Exactly(3, "Zm9vYg")), "BAD_FORMAT");
  await assertRejects(Promise.try(() => decodeBase64Exactly(3, "A".repeat(1e6))), "BAD_FORMAT");
  assertEquals(decodeBase64Exactly(1, "Zg=="), encodeUTF8("f"));
  assertEquals(decodeBase64Exactly(1, "Zh"), encodeUTF8("f"));
});

Deno.test("Hashes, HMAC, HKDF and PBKDF2 give what their RFCs give", async () => {
  assertEquals(
    hex(await sha256(encodeUTF8("abc"))),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  const key = await importHMACKey(new Uint8Array(20).fill(0x0b));
  assertEquals(
    hex(await hmacSHA256(key, encodeUTF8("Hi There"))),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
  // RFC 5869, cases 1 and 3.
  const secret = new Uint8Array(22).fill(0x0b);
  assertEquals(
    hex(
      await hkdfSHA256(
        secret,
        unhex("f0f1f2f3f4f5f6f7f8f9"),
        42,
        unhex("000102030405060708090a0b0c"),
      ),
    ),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
  assertEquals(
    hex(await hkdfSHA256(secret, new Uint8Array(0), 42)),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
  assertEquals(
    hex(await pbkdf2SHA512(encodeUTF8("password"), encodeUTF8("salt"), 2, 64)).slice(0, 32),
    "e1d9c16aa681708a45f5c7c4e215ceb6",
  );
});

Deno.test("Curve25519 gives what RFC 7748 gives, and no secret for a key of small order", async () => {
  const scalar = unhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  const point = unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
  const known = await importX25519(scalar);
  assertEquals(
    hex(await agree(known.privateKey, point)),
    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  );
  const ours = await generateX25519();
  assertEquals(
    await agree(ours.privateKey, known.publicKey),
    await agree(known.privateKey, ours.publicKey),
  );
  assert(!ours.privateKey.extractable && !known.privateKey.extractable, "extractable");
  const zero = new Uint8Array(32);
  for (const bad of [zero, concat(Uint8Array.of(1), zero.subarray(1)), zero.subarray(1)]) {
    await assertRejects(agree(ours.privateKey, bad), "BAD_KEY");
  }
  await assertRejects(importX25519(zero.subarray(1)), "BAD_KEY");
});

Deno.test("Ed25519 gives what RFC 8032 gives", async () => {
  const seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const pair = await importEd25519(seed);
  assertEquals(
    hex(pair.publicKey),
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
  const signature = await sign(pair.privateKey, new Uint8Array(0));
  assertEquals(
    hex(signature),
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b" +
      "d25bf5f0595bbe24655141438e7a100b",
  );
  const verifier = await importEd25519Public(pair.publicKey);
  assert(await isSignedBy(verifier, new Uint8Array(0), signature), "refused a good signature");
  assert(!await isSignedBy(verifier, Uint8Array.of(0), signature), "took another's signature");
  assert(!await isSignedBy(verifier, new Uint8Array(0), signature.subarray(1)), "took a short one");
  assert(!pair.privateKey.extractable, "extractable");
  await assertRejects(importEd25519Public(seed.subarray(1)), "BAD_KEY");
});

Deno.test("AES goes there and back; damage to what is sealed is noticed", async () => {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const text = encodeUTF8("Monsieur le préfet");
  const ciphertext = await encryptCBC(key, iv, text);
  assertEquals(ciphertext.length, 32);
  assertEquals(await decryptCBC(key, iv, ciphertext), text);
  await assertRejects(decryptCBC(key, iv, ciphertext.subarray(1)), "BAD_FORMAT");
  // NIST SP 800-38A, F.5.5, its first block.
  const counted = await applyCTR(
    unhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
    unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
    unhex("6bc1bee22e409f96e93d7e117393172a"),
    128,
  );
  assertEquals(hex(counted), "601ec313775789a5b7a7f504bbf3d228");

  const sealing = await generateSealingKey();
  const sealed = await seal(sealing, text, encodeUTF8("here"));
  assertEquals(await unseal(sealing, sealed, encodeUTF8("here")), text);
  await assertRejects(unseal(sealing, sealed, encodeUTF8("there")), "BAD_MAC");
  await assertRejects(unseal(sealing, sealed.subarray(0, 5), encodeUTF8("here")), "BAD_MAC");
  for (let index = 0; index < sealed.length; index++) {
    const damaged = Uint8Array.from(sealed, (byte, at) => at === index ? byte ^ 1 : byte);
    await assertRejects(unseal(sealing, damaged, encodeUTF8("here")), "BAD_MAC");
  }
});

Deno.test("Comparing in constant time still compares", () => {
  assert(equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), "the same");
  assert(!equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), "another");
  assert(!equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1)), "shorter");
});

Deno.test("Canonical JSON is the spec's", () => {
  const examples: readonly (readonly [string, string])[] = [
    ["{}", "{}"],
    ['{"one": 1, "two": "Two"}', '{"one":1,"two":"Two"}'],
    ['{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'],
    ['{"a": "日本語"}', '{"a":"日本語"}'],
    ['{"本": 2, "日": 1}', '{"日":1,"本":2}'],
    ['{"a": "\\u65E5"}'.replace("\\\\", "\\"), '{"a":"日"}'],
    ['{"a": null}', '{"a":null}'],
    ['{"a": -0, "b": 1e10}', '{"a":0,"b":10000000000}'],
    ['{"\\ud83d\\ude00": 1, "\\ufb01": 2, "10": 3, "9": 4}', '{"10":3,"9":4,"\ufb01":2,"😀":1}'],
    ['["\\u0001\\b\\n\\/\\u007f"]', '["\\u0001\\b\\n/\x7f"]'],
  ];
  for (const [text, canonical] of examples) {
    assertEquals(canonicalJSON(JSON.parse(text)), canonical);
  }
});

Deno.test("What has no canonical spelling is refused", async () => {
  let deep: unknown = 1;
  for (let level = 0; level < 10_000; level++) deep = [deep];
  for (
    const bad of [
      0.5,
      2 ** 53,
      NaN,
      Infinity,
      "\ud800",
      { "\udfff": 1 },
      () => 1,
      undefined,
      deep,
    ]
  ) {
    await assertRejects(Promise.try(() => canonicalJSON({ bad: [bad] })), "BAD_FORMAT");
  }
});

Deno.test("A signature is of everything but signatures and unsigned", async () => {
  // The seed and the signatures of the spec's own examples.
  const seed = decodeBase64("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1");
  const { publicKey, privateKey } = await importEd25519(seed);
  const signed = await signJSON(
    { one: 1, two: "Two", unsigned: { age: 5 } },
    "domain",
    "ed25519:1",
    privateKey,
  );
  assertEquals(
    signed.signatures["domain"]?.["ed25519:1"],
    "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
  );
  const twice = await signJSON(signed, "other", "ed25519:2", privateKey);
  await verifyJSON({ ...twice, unsigned: 0 }, "domain", "ed25519:1", publicKey);
  await verifyJSON(twice, "other", "ed25519:2", publicKey);
  for (
    const [object, signer, keyID] of [
      [{ ...twice, one: 2 }, "domain", "ed25519:1"],
      [twice, "domain", "ed25519:2"],
      [twice, "__proto__", "constructor"],
      [{ ...twice, signatures: "x" }, "domain", "ed25519:1"],
      [{ ...twice, signatures: { domain: { "ed25519:1": "AA" } } }, "domain", "ed25519:1"],
      [{ ...twice, one: 0.5 }, "domain", "ed25519:1"],
    ] as const
  ) {
    await assertRejects(verifyJSON(object, signer, keyID, publicKey), "BAD_SIGNATURE");
  }
  assert(!await isJSONSigned({}, "a", "b", await importEd25519Public(publicKey)), "unsigned");
});

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
