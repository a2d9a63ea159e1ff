import type { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import { Backoff } from "../api/Backoff.ts";
import { type Homeserver, isPassing, isUnknownToken } from "../api/Homeserver.ts";
import { optional } from "../api/json.ts";
import { type Connection, Failure } from "../contract.ts";
import { parseSync, type SyncAnswer } from "./SyncAnswer.ts";

/** How long the server may hold an answer back while nothing happens. */
const pollMS = 30_000;
/** And how much later than that we stop believing in it. */
const graceMS = 15_000;
/** A first sync is much work for a server. */
const firstTimeoutMS = 180_000;

/** - Spec: Filtering */
const filter = JSON.stringify({
  presence: { limit: 0, types: [] },
  room: {
    state: { lazy_load_members: true },
    timeline: { limit: 30, lazy_load_members: true },
  },
});

export type SyncSteps = {
  /** Where to go on; undefined for a first sync. */
  readonly token: () => string | undefined;
  /** Stores the answer and tells those who watch. `request` numbers the requests of this loop. */
  readonly apply: (answer: SyncAnswer, request: number) => Promise<void>;
  /** The server does not know the token any more: start from nothing, but keep what waits to be sent. */
  readonly startOver: () => Promise<void>;
};

/**
 * Asks the server for what is new, again and again.
 *
 * - Spec: Syncing
 */
export class SyncLoop {
  #request = 0;
  #wake = new AbortController();
  readonly #backoff = new Backoff();

  constructor(
    private readonly server: Homeserver,
    private readonly clock: Clock,
    private readonly connection: Cell<Connection>,
    private readonly steps: SyncSteps,
  ) {}

  /** The number of the newest request that has been sent. */
  get request(): number {
    return this.#request;
  }

  /**
   * Runs until `signal` aborts or the session ends. Each `Failure` on the way is waited out.
   *
   * - Throws: what else `steps` throw, and the `Failure` with which the server ended the session.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const answer = await this.#ask(signal);
        this.#backoff.succeed();
        if (this.connection.get().status === "offline") {
          this.connection.set({ status: "catching-up" });
        }
        await this.steps.apply(answer, this.#request);
        if (!signal.aborted) this.connection.set(online);
      } catch (error) {
        if (signal.aborted) return;
        if (isUnknownToken(error)) throw error;
        if (isUnknownPosition(error) && this.steps.token() !== undefined) {
          await this.steps.startOver();
        } else {
          await this.#pause(error, signal);
        }
      }
    }
  }

  /** Stops waiting, for the network has changed or a person is impatient. */
  retryNow(): void {
    if (this.connection.get().status !== "online") this.#wake.abort();
  }

  /** The network has gone, or another has come: what is under way may hang. */
  networkChanged(): void {
    this.#wake.abort();
  }

  async #ask(signal: AbortSignal): Promise<SyncAnswer> {
    const since = this.steps.token();
    const isWaiting = this.connection.get().status === "online" && since !== undefined;
    this.#request += 1;
    this.#wake = new AbortController();
    const stop = () => this.#wake.abort();
    signal.addEventListener("abort", stop);
    try {
      const answer = parseSync(
        await this.server.ask({
          method: "GET",
          path: "/v3/sync",
          query: {
            filter,
            use_state_after: true,
            timeout: isWaiting ? pollMS : 0,
            ...optional("since", since),
          },
          signal: this.#wake.signal,
          timeoutMS: since === undefined ? firstTimeoutMS : (isWaiting ? pollMS : 0) + 3 * graceMS,
        }),
      );
      if (answer === undefined) throw new Failure("BAD_ANSWER", "The answer has no next_batch.");
      return answer;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    // Woken on purpose: ask again at once.
    if (error instanceof Failure && error.code === "CANCELLED") {
      if (this.connection.get().status === "online") this.connection.set({ status: "catching-up" });
      return;
    }
    if (!(error instanceof Failure)) throw error;
    const now = this.clock.now();
    const asked = isPassing(error) ? error.details.retryAfterMS ?? 0 : 0;
    const wait = Math.max(asked, this.#backoff.fail(this.clock.random()));
    const before = this.connection.get();
    const since = before.status === "offline" ? before.since : now;
    this.connection.set({ status: "offline", since, retryAt: now + wait });

    this.#wake = new AbortController();
    const stop = () => this.#wake.abort();
    signal.addEventListener("abort", stop);
    await this.clock.sleep(wait, this.#wake.signal).catch(() => {});
    signal.removeEventListener("abort", stop);
    if (!signal.aborted) this.connection.set({ status: "offline", since });
  }
}

const online: Connection = { status: "online" };

/** A token of another time: MSC3575's name for it, or a plain refusal of what we sent. */
function isUnknownPosition(error: unknown): boolean {
  return error instanceof Failure &&
    (error.code === "M_UNKNOWN_POS" || error.code === "M_INVALID_PARAM" ||
      (error.details.status === 400 && error.code === "M_UNKNOWN"));
}
