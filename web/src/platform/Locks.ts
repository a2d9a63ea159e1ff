/** Locks between the tabs and workers of one origin. A tab that goes lets go of its own. */
export interface Locks {
  /**
   * Waits for the lock and takes it.
   *
   * With `steals`, takes it from who has it, at once: for a holder that does not answer any more.
   * Rejects when `signal` aborts while waiting.
   */
  acquire(name: string, options?: { steals?: boolean; signal?: AbortSignal }): Promise<HeldLock>;
}

export type HeldLock = {
  readonly release: () => void;
  /** Resolves when another steals it; never after `release`. */
  readonly stolen: Promise<void>;
};

export const webLocks: Locks = {
  acquire: (name, { steals = false, signal } = {}) =>
    new Promise((resolve, reject) => {
      let tellStolen = () => {};
      const stolen = new Promise<void>((resolve) => tellStolen = resolve);
      let isHeld = false;
      // The platform refuses a signal together with `steal`, which does not wait anyway.
      const options = steals ? { steal: true } : signal === undefined ? {} : { signal };
      navigator.locks.request(name, options, () => {
        isHeld = true;
        return new Promise<void>((release) => resolve({ release, stolen }));
      }).catch((error) => isHeld ? tellStolen() : reject(error));
    }),
};

/** Locks for tests, within one thread. */
export function memoryLocks(): Locks {
  const lines = new Map<string, { held?: () => void; waiting: (() => void)[] }>();
  return {
    acquire: (name, { steals = false, signal } = {}) =>
      new Promise((resolve, reject) => {
        const line = lines.get(name) ?? { waiting: [] };
        lines.set(name, line);
        const take = () => {
          let tellStolen = () => {};
          const stolen = new Promise<void>((resolve) => tellStolen = resolve);
          const lose = () => tellStolen();
          line.held = lose;
          const release = () => {
            if (line.held !== lose) return;
            delete line.held;
            line.waiting.shift()?.();
          };
          resolve({ release, stolen });
        };
        if (steals) {
          line.held?.();
          take();
        } else if (line.held === undefined) {
          take();
        } else {
          line.waiting.push(take);
          signal?.addEventListener("abort", () => {
            line.waiting = line.waiting.filter((other) => other !== take);
            reject(signal.reason);
          }, { once: true });
        }
      }),
  };
}
