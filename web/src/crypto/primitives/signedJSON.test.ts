import { assertEquals } from "../../platform/assert.ts";
import { decodeBase64 } from "./base64.ts";
import { importEd25519 } from "./ed25519.ts";
import { signJSON } from "./signedJSON.ts";

Deno.test("Signatures are those of the specification's test vectors", async () => {
  const seed = decodeBase64("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1");
  const { privateKey } = await importEd25519(seed);
  const vectors: readonly (readonly [object, string])[] = [
    [{}, "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"],
    [
      { one: 1, two: "Two" },
      "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
    ],
  ];
  for (const [object, signature] of vectors) {
    const signed = await signJSON({ ...object }, "domain", "ed25519:1", privateKey);
    assertEquals(signed, { ...object, signatures: { domain: { "ed25519:1": signature } } });
  }
});
