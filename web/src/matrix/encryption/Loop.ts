import type { Clock } from "../../platform/Clock.ts";
import { Backoff } from "../api/Backoff.ts";
import { isUnknownToken } from "../api/Homeserver.ts";
import { Failure } from "../contract.ts";
import { Superseded } from "../storage/AccountDatabase.ts";

/**
 * Work that is done whenever there is a reason for it, one round at a time, and once more after a
 * while when it fails.
 */
export class Loop {
  #isRunning = false;
  #isWanted = false;
  readonly #backoff = new Backoff();
  readonly #stopped = new AbortController();
  #wake = new AbortController();

  constructor(private readonly clock: Clock, private readonly work: () => Promise<void>) {}

  /** There is something to do. Does not wait for it. */
  nudge(): void {
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  /** Tries again now what waits after a failure. */
  retryNow(): void {
    this.#wake.abort();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted && !this.#stopped.signal.aborted) {
      this.#isWanted = false;
      try {
        await this.work();
        this.#backoff.succeed();
      } catch (error) {
        if (this.#stopped.signal.aborted || isUnknownToken(error)) break;
        if (error instanceof Superseded) break;
        // What one round cannot do, for whatever reason, is no reason to do nothing any more.
        if (!(error instanceof Failure)) console.error(error);
        await this.#pause(error instanceof Failure ? error.details.retryAfterMS ?? 0 : 0);
        this.#isWanted = true;
      }
    }
    this.#isRunning = false;
  }

  async #pause(askedMS: number): Promise<void> {
    this.#wake = new AbortController();
    const wait = Math.max(askedMS, this.#backoff.fail(this.clock.random()));
    await this.clock.sleep(wait, this.#wake.signal).catch(() => {});
  }
}
