import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat, encodeUTF8 } from "../primitives/bytes.ts";
import { canonicalJSON } from "../primitives/canonicalJSON.ts";
import { hkdfSHA256, hmacSHA256, importHMACKey, sha256 } from "../primitives/hashing.ts";

/** One end of a comparison: who, on which device. */
export type SasEnd = { readonly userID: string; readonly deviceID: string };

/** What both people see: seven pictures by their numbers in 0..<64, or three numbers. */
export type ShortString = {
  readonly emoji: readonly number[];
  readonly decimal: readonly [number, number, number];
};

/** `v2` is how it was meant; the other is how the first implementation wrote Base64, by mistake. */
export type SasMacMethod = "hkdf-hmac-sha256.v2" | "hkdf-hmac-sha256";

/**
 * What whoever answers a start commits to before seeing the other's key: the hash of its own
 * public key in Base64 and of the start as it was sent.
 */
export async function commitment(publicKey: string, startContent: unknown): Promise<string> {
  return encodeBase64(await sha256(encodeUTF8(publicKey + canonicalJSON(startContent))));
}

/**
 * The string to compare, for `curve25519-hkdf-sha256`.
 *
 * - Parameter starter: Whose start counts, with their public key in Base64; `accepter` likewise.
 * - Spec: [SAS HKDF calculation](https://spec.matrix.org/v1.19/client-server-api/#sas-hkdf-calculation)
 */
export async function shortString(
  shared: Bytes,
  starter: SasEnd & { readonly publicKey: string },
  accepter: SasEnd & { readonly publicKey: string },
  transactionID: string,
): Promise<ShortString> {
  const parts = [starter, accepter].flatMap((end) => [end.userID, end.deviceID, end.publicKey]);
  const info = ["MATRIX_KEY_VERIFICATION_SAS", ...parts, transactionID].join("|");
  return shortStringOf(await hkdfSHA256(shared, encodeUTF8(info), 6));
}

/** - Parameter bytes: Six. */
export function shortStringOf(bytes: Uint8Array): ShortString {
  const bits = bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
  const take = (start: number, width: number) =>
    Number(bits >> BigInt(48 - start - width) & (1n << BigInt(width)) - 1n);
  return {
    emoji: [0, 1, 2, 3, 4, 5, 6].map((index) => take(index * 6, 6)),
    decimal: [take(0, 13) + 1000, take(13, 13) + 1000, take(26, 13) + 1000],
  };
}

/**
 * The MAC by which `from` vouches for one of its keys, or for the list of them.
 *
 * - Parameter keyID: The key's ID, or `KEY_IDS` for the list.
 * - Parameter text: The key in Base64, or the IDs, sorted, with commas between.
 * - Spec: [MAC calculation](https://spec.matrix.org/v1.19/client-server-api/#mac-calculation)
 */
export async function sasMac(
  method: SasMacMethod,
  shared: Bytes,
  from: SasEnd,
  to: SasEnd,
  transactionID: string,
  keyID: string,
  text: string,
): Promise<string> {
  const info = "MATRIX_KEY_VERIFICATION_MAC" + from.userID + from.deviceID + to.userID +
    to.deviceID + transactionID + keyID;
  const key = await importHMACKey(await hkdfSHA256(shared, encodeUTF8(info), 32));
  const mac = await hmacSHA256(key, encodeUTF8(text));
  return method === "hkdf-hmac-sha256.v2" ? encodeBase64(mac) : encodeInPlace(mac);
}

/**
 * Base64 as the first implementation wrote it for these MACs: into the buffer that it was reading
 * from. The first group is right; each later one reads bytes that were overwritten before.
 */
function encodeInPlace(bytes: Bytes): string {
  const buffer = concat(bytes, new Uint8Array(Math.ceil(bytes.length * 4 / 3) - bytes.length));
  const whole = Math.floor(bytes.length / 3);
  let end = 0;
  for (let group = 0; group < whole; group++, end += 4) {
    buffer.set(asciiOf(buffer.slice(group * 3, group * 3 + 3)), end);
  }
  buffer.set(asciiOf(buffer.slice(whole * 3, bytes.length)), end);
  return String.fromCharCode(...buffer);
}

function asciiOf(bytes: Bytes): Bytes {
  return encodeUTF8(encodeBase64(bytes));
}
