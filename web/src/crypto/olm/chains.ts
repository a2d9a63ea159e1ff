import { type Bytes, encodeUTF8, equalInConstantTime } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hkdfSHA256 } from "../primitives/hashing.ts";
import { hmacOfByte } from "../primitives/ratchetHMAC.ts";
import type { X25519KeyPair } from "../primitives/x25519.ts";

/** How far a message may be ahead of the last one. As many as other implementations allow. */
export const maxGap = 2000;

/** Keys of messages that were skipped, kept for each chain; the oldest go first. */
export const maxSkipped = 40;

/** Our messages since theirs came last, all under one ratchet key of ours. */
export type SendingChain = {
  readonly ratchetKey: X25519KeyPair;
  readonly chainKey: Bytes;
  /** Of the next message. */
  readonly index: number;
};

/** Their messages under one ratchet key of theirs. */
export type ReceivingChain = {
  readonly ratchetKey: Bytes;
  readonly chainKey: Bytes;
  /** Of the next message. */
  readonly index: number;
  /** Ascending. */
  readonly skipped: readonly SkippedKey[];
};

export type SkippedKey = { readonly index: number; readonly messageKey: Bytes };

/** A root key with the chain key that came with it. */
export type RootStep = { readonly rootKey: Bytes; readonly chainKey: Bytes };

/**
 * - Parameter salt: Empty at the beginning, then the root key before.
 * - Spec: [Advancing the root key](https://spec.matrix.org/v1.19/olm-megolm/olm/#advancing-the-root-key)
 */
export async function rootStep(
  secret: Bytes,
  info: "OLM_ROOT" | "OLM_RATCHET",
  salt?: Bytes,
): Promise<RootStep> {
  const both = await hkdfSHA256(secret, encodeUTF8(info), 64, salt);
  return { rootKey: both.slice(0, 32), chainKey: both.slice(32) };
}

/** - Spec: [Creating a message key](https://spec.matrix.org/v1.19/olm-megolm/olm/#creating-a-message-key) */
export function messageKeyOf(chainKey: Bytes): Bytes {
  return hmacOfByte(chainKey, 1);
}

export function nextChainKey(chainKey: Bytes): Bytes {
  return hmacOfByte(chainKey, 2);
}

/**
 * The key of the message at `index`, and the chain without it. Keep the chain only once the
 * message was authenticated: whoever damages an index must not be able to throw keys away.
 *
 * - Throws: `USED_UP`, `TOO_FAR`.
 */
export function take(
  chain: ReceivingChain,
  index: number,
): { readonly messageKey: Bytes; readonly chain: ReceivingChain } {
  if (index < chain.index) {
    const found = chain.skipped.find((skipped) => skipped.index === index);
    if (found === undefined) throw new CryptoError("USED_UP", "read before, or too long ago");
    const skipped = chain.skipped.filter((other) => other !== found);
    return { messageKey: found.messageKey, chain: { ...chain, skipped } };
  }
  if (index - chain.index > maxGap) throw new CryptoError("TOO_FAR", "too many are missing");
  const skipped: SkippedKey[] = [...chain.skipped];
  let chainKey = chain.chainKey;
  for (let at = chain.index; at < index; at++) {
    if (at >= index - maxSkipped) skipped.push({ index: at, messageKey: messageKeyOf(chainKey) });
    chainKey = nextChainKey(chainKey);
  }
  return {
    messageKey: messageKeyOf(chainKey),
    chain: {
      ...chain,
      chainKey: nextChainKey(chainKey),
      index: index + 1,
      skipped: skipped.slice(-maxSkipped),
    },
  };
}

export function isOf(ratchetKey: Bytes): (chain: ReceivingChain) => boolean {
  return (chain) => equalInConstantTime(chain.ratchetKey, ratchetKey);
}
