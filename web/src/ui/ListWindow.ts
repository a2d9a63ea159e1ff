/** Which rows of a long list are drawn, by their index: `start` inclusive, `end` exclusive. */
export type Range = { readonly start: number; readonly end: number };

/**
 * The heights of the rows of a long list, measured or guessed, and what follows from them.
 *
 * All distances are in CSS pixels and from the end of the list, which is where a conversation is
 * read: what lies above may change its height without moving what is in sight.
 */
export class ListWindow {
  readonly #measured = new Map<string, number>();
  #keys: readonly string[] = [];
  #index = new Map<string, number>();
  #guess: (index: number) => number = () => 40;
  /** `#sums[i]`: the height of the rows before the one at `i`. */
  #sums = new Float64Array(1);
  #isStale = true;

  /** The rows in their order. `guess` gives the height of one that was never drawn. */
  setRows(keys: readonly string[], guess: (index: number) => number): void {
    this.#guess = guess;
    if (keys === this.#keys) return;
    this.#keys = keys;
    this.#index = new Map(keys.map((key, index) => [key, index]));
    this.#isStale = true;
  }

  get count(): number {
    return this.#keys.length;
  }

  indexOf(key: string): number | undefined {
    return this.#index.get(key);
  }

  measure(key: string, height: number): void {
    if (this.#measured.get(key) === height) return;
    this.#measured.set(key, height);
    this.#isStale = true;
  }

  /** Guesses again: the width has changed, so no height holds. */
  forget(): void {
    this.#measured.clear();
    this.#isStale = true;
  }

  /** The height of the rows before `index`. */
  before(index: number): number {
    return this.#fresh()[index] ?? 0;
  }

  /** The height of the rows from `index` on. */
  from(index: number): number {
    const sums = this.#fresh();
    return (sums[this.count] ?? 0) - (sums[index] ?? 0);
  }

  get height(): number {
    return this.before(this.count);
  }

  /**
   * The rows to draw.
   *
   * - `end`: the distance of the lower edge of what is in sight from the end of the list.
   * - `height`: of what is in sight. `margin`: how far to draw beyond, on both sides.
   */
  range(end: number, height: number, margin: number): Range {
    if (this.count === 0) return { start: 0, end: 0 };
    const low = this.height - end;
    const start = this.#rowAt(low - height - margin);
    return { start, end: Math.max(start + 1, this.#rowAt(low + margin) + 1) };
  }

  /** The row at a distance from the beginning, held within the list. */
  #rowAt(distance: number): number {
    const sums = this.#fresh();
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((sums[middle] ?? 0) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #fresh(): Float64Array {
    if (!this.#isStale) return this.#sums;
    const sums = new Float64Array(this.count + 1);
    let sum = 0;
    for (let index = 0; index < this.count; index++) {
      sum += this.#measured.get(this.#keys[index] ?? "") ?? this.#guess(index);
      sums[index + 1] = sum;
    }
    this.#sums = sums;
    this.#isStale = false;
    return sums;
  }
}
