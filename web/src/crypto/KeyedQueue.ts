/**
 * Lets work that concerns the same keys wait its turn, and all other work go on. Whoever needs
 * several keys names them together: nobody ever holds one while waiting for another.
 */
export class KeyedQueue {
  #tails = new Map<string, Promise<void>>();

  /** Runs `work` once all earlier work on any of these keys has ended, well or not. */
  async run<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const own = [...new Set(keys)];
    const before = own.map((key) => this.#tails.get(key));
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    for (const key of own) this.#tails.set(key, ended);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      end();
      for (const key of own) if (this.#tails.get(key) === ended) this.#tails.delete(key);
    }
  }
}
