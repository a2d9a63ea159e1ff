import { applyCTR } from "../primitives/aes.ts";
import { decodeBase64, encodeBase64 } from "../primitives/base64.ts";
import {
  type Bytes,
  concat,
  decodeUInt32,
  decodeUTF8,
  encodeUInt32,
  encodeUTF8,
  equalInConstantTime,
  randomBytes,
} from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hmacSHA256, importHMACKey, pbkdf2SHA512 } from "../primitives/hashing.ts";
import { randomCounter } from "../secrets/secretCipher.ts";
import { type ExportedSession, readExportedSession, writeExportedSession } from "./sessionData.ts";

const firstLine = "-----BEGIN MEGOLM SESSION DATA-----";
const lastLine = "-----END MEGOLM SESSION DATA-----";
const formatVersion = 1;

const saltBytes = 16;
const headBytes = 1 + saltBytes + 16 + 4;
const macBytes = 32;

/** What we write with; about a second's work. */
const ourRounds = 500_000;
/** A file that asks for more would hold the device up for minutes. */
const maxRounds = 10_000_000;
/** In UTF-16 units: some 100,000 sessions. */
const maxText = 150 * 1024 * 1024;

/**
 * A file of sessions under a passphrase, as other clients read it.
 *
 * - Parameter rounds: Of PBKDF2; fewer only in tests.
 * - Spec: [Key exports](https://spec.matrix.org/v1.19/client-server-api/#key-exports)
 */
export async function writeKeyExport(
  sessions: readonly ExportedSession[],
  passphrase: string,
  rounds: number = ourRounds,
): Promise<string> {
  const salt = randomBytes(saltBytes);
  const iv = randomCounter();
  const keys = await deriveKeys(passphrase, salt, rounds);
  const plaintext = encodeUTF8(JSON.stringify(sessions.map(writeExportedSession)));
  const body = concat(
    Uint8Array.of(formatVersion),
    salt,
    iv,
    encodeUInt32(rounds),
    await applyCTR(keys.aes, iv, plaintext, 128),
  );
  const text = encodeBase64(concat(body, await hmacSHA256(keys.mac, body)));
  const lines = text.match(/.{1,96}/g) ?? [];
  return [firstLine, ...lines, lastLine, ""].join("\n");
}

export type ReadExport = {
  readonly sessions: readonly ExportedSession[];
  /** Entries that are no session, or of an algorithm that we do not know. */
  readonly refused: number;
};

/**
 * - Throws: `BAD_FORMAT` when it is no such file, `BAD_VERSION`, `TOO_LARGE`, and `BAD_MAC` when the
 *   passphrase is wrong or the file damaged.
 */
export async function readKeyExport(text: string, passphrase: string): Promise<ReadExport> {
  if (text.length > maxText) throw new CryptoError("TOO_LARGE", "the file is too large");
  const bytes = unwrap(text);
  if (bytes[0] !== formatVersion) throw new CryptoError("BAD_VERSION", "a file of another version");
  if (bytes.length < headBytes + macBytes) {
    throw new CryptoError("BAD_FORMAT", "the file is cut off");
  }
  const salt = bytes.slice(1, 1 + saltBytes);
  const iv = bytes.slice(1 + saltBytes, headBytes - 4);
  const rounds = decodeUInt32(bytes, headBytes - 4);
  if (rounds < 1 || rounds > maxRounds) throw new CryptoError("TOO_LARGE", "too many rounds");
  const body = bytes.slice(0, -macBytes);
  const keys = await deriveKeys(passphrase, salt, rounds);
  if (!equalInConstantTime(await hmacSHA256(keys.mac, body), bytes.subarray(-macBytes))) {
    throw new CryptoError("BAD_MAC", "another passphrase, or a damaged file");
  }
  return readEntries(decodeUTF8(await applyCTR(keys.aes, iv, body.slice(headBytes), 128)));
}

function readEntries(text: string): ReadExport {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new CryptoError("BAD_FORMAT", "not JSON");
  }
  if (!Array.isArray(entries)) throw new CryptoError("BAD_FORMAT", "not a list of sessions");
  const sessions: ExportedSession[] = [];
  for (const entry of entries) {
    try {
      sessions.push(readExportedSession(entry));
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
  }
  return { sessions, refused: entries.length - sessions.length };
}

/** The bytes between the first and the last line. What stands around them is ignored. */
function unwrap(text: string): Bytes {
  const start = text.indexOf(firstLine);
  const end = text.indexOf(lastLine, start + 1);
  if (start < 0 || end < 0) throw new CryptoError("BAD_FORMAT", "not a file of keys");
  return decodeBase64(text.slice(start + firstLine.length, end).replace(/\s+/g, ""));
}

async function deriveKeys(
  passphrase: string,
  salt: Bytes,
  rounds: number,
): Promise<{ aes: Bytes; mac: CryptoKey }> {
  const derived = await pbkdf2SHA512(encodeUTF8(passphrase), salt, rounds, 64);
  return { aes: derived.slice(0, 32), mac: await importHMACKey(derived.slice(32)) };
}
