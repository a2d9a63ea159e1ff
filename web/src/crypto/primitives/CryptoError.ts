/**
 * Why something of the cryptography could not be done. `code` is for programs, `message` for the
 * log: it never holds a key, a text or what was being read.
 */
export class CryptoError extends Error {
  override readonly name = "CryptoError";

  constructor(readonly code: CryptoErrorCode, message: string) {
    super(message);
  }
}

/**
 * - `BAD_FORMAT`: bytes or JSON that no correct sender makes.
 * - `BAD_VERSION`: a format whose number we do not know.
 * - `BAD_KEY`: a public key or seed of the wrong length, or one that gives no secret.
 * - `BAD_MAC`: authentication failed: another key, or damaged on the way.
 * - `BAD_SIGNATURE`: no signature, or one that is not by that key.
 * - `UNKNOWN_KEY`: a one-time key that we do not have (any more).
 * - `UNKNOWN_INDEX`: a message from before the first index that this session can read.
 * - `USED_UP`: the message key was used before, or is older than those that are kept.
 * - `TOO_FAR`: so many messages further on that it can only be an attack.
 * - `TOO_LARGE`: over a limit of ours.
 */
export type CryptoErrorCode =
  | "BAD_FORMAT"
  | "BAD_VERSION"
  | "BAD_KEY"
  | "BAD_MAC"
  | "BAD_SIGNATURE"
  | "UNKNOWN_KEY"
  | "UNKNOWN_INDEX"
  | "USED_UP"
  | "TOO_FAR"
  | "TOO_LARGE";
