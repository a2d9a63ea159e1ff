import { asMediaURI } from "../../matrix/api/identifiers.ts";
import { arrayIn, field, objectIn, stringIn } from "../../platform/json.ts";
import type { MediaURI } from "../../matrix/contract.ts";
import {
  decodeBase64Exactly,
  decodeBase64URL,
  encodeBase64,
  encodeBase64URL,
} from "../primitives/base64.ts";
import type { Bytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";

/** What opens one encrypted file, and what its encrypted bytes must be. */
export type FileSecret = {
  /** 32 bytes, for this file alone. */
  readonly key: Bytes;
  /** 16 bytes: eight random ones, then a counter that begins at zero. */
  readonly iv: Bytes;
  /** The SHA-256 of the encrypted bytes. */
  readonly sha256: Bytes;
};

export type EncryptedFile = { readonly url: MediaURI; readonly secret: FileSecret };

/**
 * The `file` or `thumbnail_file` of a message, as somebody sent it.
 *
 * Every field is checked; a file that is not exactly of version 2 is none.
 *
 * - Throws: `BAD_FORMAT`, and `BAD_VERSION` for another version.
 * - Spec: [Sending encrypted attachments](https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments)
 */
export function readEncryptedFile(value: unknown): EncryptedFile {
  const version = stringIn(value, "v");
  if (version !== "v2") throw new CryptoError("BAD_VERSION", "a file of another version");
  const url = asMediaURI(field(value, "url"));
  const jwk = objectIn(value, "key");
  const [keyText, ivText] = [stringIn(jwk, "k"), stringIn(value, "iv")];
  const hashText = stringIn(objectIn(value, "hashes"), "sha256");
  const isUsable = stringIn(jwk, "kty") === "oct" && stringIn(jwk, "alg") === "A256CTR" &&
    field(jwk, "ext") === true &&
    ["encrypt", "decrypt"].every((operation) => arrayIn(jwk, "key_ops").includes(operation));
  if (
    !isUsable || url === undefined || keyText === undefined || ivText === undefined ||
    hashText === undefined
  ) {
    throw new CryptoError("BAD_FORMAT", "an incomplete encrypted file");
  }
  // No key has more characters; a long text is refused before it is decoded.
  const key = decodeBase64URL(keyText.slice(0, 45));
  const iv = decodeBase64Exactly(16, ivText);
  if (key.length !== 32 || iv.subarray(8).some((byte) => byte !== 0)) {
    throw new CryptoError("BAD_FORMAT", "not a key and counter of this version");
  }
  return { url, secret: { key, iv, sha256: decodeBase64Exactly(32, hashText) } };
}

/** The same as it goes into a message, once it is uploaded. */
export function writeEncryptedFile({ url, secret }: EncryptedFile) {
  return {
    v: "v2",
    url,
    key: {
      kty: "oct",
      alg: "A256CTR",
      ext: true,
      k: encodeBase64URL(secret.key),
      key_ops: ["encrypt", "decrypt"],
    },
    iv: encodeBase64(secret.iv),
    hashes: { sha256: encodeBase64(secret.sha256) },
  };
}
