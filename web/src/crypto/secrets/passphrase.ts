import { integerIn, stringIn } from "../../platform/json.ts";
import { type Bytes, encodeUTF8 } from "../primitives/bytes.ts";
import { pbkdf2SHA512 } from "../primitives/hashing.ts";

/**
 * How another client derived a key from a passphrase. We read such keys and make none.
 *
 * - Spec: [Deriving keys from passphrases](https://spec.matrix.org/v1.19/client-server-api/#deriving-keys-from-passphrases)
 */
export type PassphraseParameters = {
  readonly salt: string;
  readonly iterations: number;
  readonly bits: number;
};

/** More rounds would hold the device up for minutes at the server's bidding. */
const maxIterations = 10_000_000;
const maxBits = 1_024;
/** Of the salt, in UTF-16 units. */
const maxSalt = 1_024;

/** Undefined when there are none, or not within our bounds. */
export function readPassphraseParameters(value: unknown): PassphraseParameters | undefined {
  if (stringIn(value, "algorithm") !== "m.pbkdf2") return undefined;
  const salt = stringIn(value, "salt");
  const iterations = integerIn(value, "iterations");
  const bits = integerIn(value, "bits") ?? 256;
  if (salt === undefined || salt.length > maxSalt || iterations === undefined) return undefined;
  if (iterations < 1 || iterations > maxIterations) return undefined;
  if (bits < 128 || bits > maxBits || bits % 8 !== 0) return undefined;
  return { salt, iterations, bits };
}

/** The key of a passphrase: `bits` / 8 bytes. Takes about a second for half a million rounds. */
export function derivePassphraseKey(
  passphrase: string,
  { salt, iterations, bits }: PassphraseParameters,
): Promise<Bytes> {
  return pbkdf2SHA512(encodeUTF8(passphrase), encodeUTF8(salt), iterations, bits / 8);
}
