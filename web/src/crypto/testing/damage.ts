/** A small generator of chance that can be begun again: the same seed gives the same numbers. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In 0..<bound. */
  below(bound: number): number {
    // A step of a linear congruential generator; its high bits are good enough to damage things.
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * bound);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 60,
  "",
  "\ud800",
  "AAAA",
  "=",
  "__proto__",
  "x".repeat(5_000),
  [],
  {},
  [[]],
  { encrypted: {} },
];

/** `count` copies of a JSON value, each with one thing in it changed, removed or cut. */
export function* damagedJSON(value: unknown, count: number, seed = 1): Generator<unknown> {
  const chance = new Chance(seed);
  for (let round = 0; round < count; round++) yield damaged(value, chance);
}

function damaged(value: unknown, chance: Chance): unknown {
  if (chance.below(8) === 0) return chance.pick(strange);
  if (typeof value === "string" && chance.below(2) === 0) return damagedText(value, chance);
  if (Array.isArray(value)) {
    const at = chance.below(value.length + 1);
    return value.flatMap((entry, index) =>
      index !== at ? [entry] : chance.below(3) === 0 ? [] : [damaged(entry, chance)]
    );
  }
  if (typeof value === "object" && value !== null) {
    const hit = chance.pick(Object.keys(value));
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => {
        if (key !== hit) return [[key, member]];
        return chance.below(6) === 0 ? [] : [[key, damaged(member, chance)]];
      }),
    );
  }
  return chance.pick(strange);
}

function damagedText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  switch (chance.below(3)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(chance.below(0x180)) + text.slice(at + 1);
    default:
      return text + text.slice(at);
  }
}

/** `count` copies of some bytes, each with a bit turned, cut, or longer than it was. */
export function* damagedBytes(
  bytes: Uint8Array,
  count: number,
  seed = 1,
): Generator<Uint8Array<ArrayBuffer>> {
  const chance = new Chance(seed);
  for (let round = 0; round < count; round++) {
    const copy = Uint8Array.from(bytes);
    const at = chance.below(bytes.length);
    switch (chance.below(4)) {
      case 0:
        yield copy.slice(0, at);
        break;
      case 1:
        yield Uint8Array.from([...copy, ...chance.bytes(1 + chance.below(40))]);
        break;
      case 2:
        yield chance.bytes(chance.below(bytes.length * 2));
        break;
      default:
        copy[at] = copy[at]! ^ 1 << chance.below(8);
        yield copy;
    }
  }
}
