/**
 * SHA-256 of what comes in pieces, for files too large to be held whole: the browser's own takes
 * only one piece. For what the server may see; it is not meant for secrets.
 *
 * - Spec: FIPS 180-4, 6.2
 */
export class Sha256 {
  readonly #state = Uint32Array.from(initial);
  readonly #block = new Uint8Array(64);
  readonly #words = new Uint32Array(64);
  #filled = 0;
  #length = 0;

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < 64) return;
      this.#compress(this.#block, 0);
      this.#filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.#compress(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#filled = bytes.length - at;
  }

  /** 32 bytes. Nothing can be added afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const bits = this.#length * 8;
    const padding = new Uint8Array(((119 - this.#length % 64) % 64) + 9);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits % 2 ** 32);
    this.add(padding);
    const digest = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, index) => digest.setUint32(index * 4, word));
    return new Uint8Array(digest.buffer);
  }

  #compress(bytes: Uint8Array, start: number): void {
    const words = this.#words;
    for (let at = 0; at < 16; at++) {
      const from = start + at * 4;
      words[at] = bytes[from]! << 24 | bytes[from + 1]! << 16 | bytes[from + 2]! << 8 |
        bytes[from + 3]!;
    }
    for (let at = 16; at < 64; at++) {
      const near = words[at - 15]!;
      const far = words[at - 2]!;
      const sigma0 = turn(near, 7) ^ turn(near, 18) ^ near >>> 3;
      const sigma1 = turn(far, 17) ^ turn(far, 19) ^ far >>> 10;
      words[at] = words[at - 16]! + sigma0 + words[at - 7]! + sigma1 | 0;
    }
    const state = this.#state;
    let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
    for (let at = 0; at < 64; at++) {
      const sum1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const choice = e & f ^ ~e & g;
      const first = h + sum1 + choice + rounds[at]! + words[at]! | 0;
      const sum0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const majority = a & b ^ a & c ^ b & c;
      h = g;
      g = f;
      f = e;
      e = d + first | 0;
      d = c;
      c = b;
      b = a;
      a = first + sum0 + majority | 0;
    }
    const added: Eight = [a, b, c, d, e, f, g, h];
    for (let at = 0; at < 8; at++) state[at] = state[at]! + added[at]!;
  }
}

type Eight = [number, number, number, number, number, number, number, number];

function turn(word: number, bits: number): number {
  return word >>> bits | word << 32 - bits;
}

/** The first 64 primes: their cube roots' fractions are the rounds' constants. */
const primes = firstPrimes(64);
const rounds = Int32Array.from(primes, (prime) => fraction(prime, 3n));
const initial = primes.slice(0, 8).map((prime) => fraction(prime, 2n));

function firstPrimes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let number = 2n; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0n)) found.push(number);
  }
  return found;
}

/** The first 32 bits after the point of the root of a number; exact, for it is found in integers. */
function fraction(number: bigint, degree: bigint): number {
  const scaled = number << 32n * degree;
  let low = 0n;
  let high = number << 32n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(BigInt.asUintN(32, low));
}
