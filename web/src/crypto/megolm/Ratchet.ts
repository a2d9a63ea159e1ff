import { type Bytes, randomBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { hmacOfByte } from "../primitives/ratchetHMAC.ts";

/** The indices that a ratchet can count: 0..<2^32. */
const end = 2 ** 32;

const partBytes = 32;

/**
 * Megolm's ratchet at one index: four parts, each 32 bytes. It can be wound forwards only.
 *
 * - Spec: [The Megolm ratchet algorithm](https://spec.matrix.org/v1.19/olm-megolm/megolm/#the-megolm-ratchet-algorithm)
 */
export type Ratchet = {
  /** In 0..<2^32. */
  readonly index: number;
  /** R(i,0) to R(i,3), one after the other: 128 bytes. */
  readonly parts: Bytes;
};

export function newRatchet(): Ratchet {
  return { index: 0, parts: randomBytes(4 * partBytes) };
}

/**
 * The same ratchet further on, in at most 1,020 steps and those that the reseeding takes.
 *
 * - Throws: `UNKNOWN_INDEX` when `index` lies before, or is none.
 */
export function wind(ratchet: Ratchet, index: number): Ratchet {
  if (index < ratchet.index || index >= end) {
    throw new CryptoError("UNKNOWN_INDEX", "before the first index that is known");
  }
  const parts = ratchet.parts.slice();
  for (let part = 0; part < 4; part++) {
    // Part 0 takes a step every 2^24 indices, part 1 every 2^16, part 2 every 2^8, part 3 every one.
    // Where an earlier part moved, it has reseeded this one at a multiple of this one's period.
    const period = 256 ** (3 - part);
    const whole = 256 * period;
    const isReseeded = Math.floor(index / whole) !== Math.floor(ratchet.index / whole);
    const from = isReseeded ? 0 : Math.floor(ratchet.index % whole / period);
    const steps = Math.floor(index % whole / period) - from;
    if (steps === 0) continue;
    // All steps but the last concern this part alone: each later one is reseeded by the last.
    for (let step = 1; step < steps; step++) reseed(parts, part, part);
    for (let later = 3; later >= part; later--) reseed(parts, part, later);
  }
  return { index, parts };
}

/** The part `to` becomes the hash H_to of the part `from`. */
function reseed(parts: Bytes, from: number, to: number): void {
  const source = parts.subarray(from * partBytes, (from + 1) * partBytes);
  parts.set(hmacOfByte(source, to), to * partBytes);
}
