import type { HeldLock, Locks } from "./Locks.ts";

/** What a worker says of itself to the tab that hosts it. */
export type WorkerReport = { readonly type: "dead"; readonly reason: string };

/** A worker that dies at once each time is not started more often than this. */
const restMS = 1_000;

/**
 * Runs the worker in this tab when it is this tab's turn: one tab at a time holds the lock.
 *
 * When that tab goes, the browser hands the lock on, and the next tab starts its worker.
 */
export class EngineHost {
  #lock: HeldLock | undefined;
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(
    private readonly locks: Locks,
    private readonly lockName: string,
    private readonly script: string,
  ) {}

  /** Waits for this tab's turn, and starts the worker then. */
  async serve(): Promise<void> {
    await this.#take(await this.locks.acquire(this.lockName));
  }

  /** Takes the turn from a tab that does not answer: asleep, or stuck. */
  async takeOver(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#lock !== undefined) return this.#start();
    await this.#take(await this.locks.acquire(this.lockName, { steals: true }));
  }

  close(): void {
    this.#isClosed = true;
    this.#worker?.terminate();
    this.#lock?.release();
  }

  async #take(lock: HeldLock): Promise<void> {
    if (this.#isClosed || this.#lock !== undefined) return lock.release();
    this.#lock = lock;
    this.#start();
    await lock.stolen;
    // Another tab believed that we were gone. It was nearly right.
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#lock = undefined;
    if (!this.#isClosed) await this.serve();
  }

  #start(): void {
    this.#worker?.terminate();
    const worker = new Worker(this.script, { name: "chappe engine", type: "module" });
    this.#worker = worker;
    const restart = (reason: string) => {
      if (this.#worker !== worker) return;
      console.error("The engine has stopped:", reason);
      worker.terminate();
      setTimeout(() => this.#worker === worker && !this.#isClosed && this.#start(), restMS);
    };
    worker.onmessage = ({ data }) => restart((data as WorkerReport).reason);
    worker.onerror = (event) => restart(event.message);
  }
}
