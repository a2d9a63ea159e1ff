/** How long to leave a server alone after it has failed to answer. */
export class Backoff {
  #failures = 0;

  /** Waits double from `firstMS`, and stop growing at `longestMS`. */
  constructor(private readonly firstMS = 1_000, private readonly longestMS = 30_000) {}

  /**
   * The time to wait from now, in milliseconds.
   *
   * `jitter`, in 0..<1, shortens the wait by up to half, so that clients that lost their server
   * together do not come back together.
   */
  fail(jitter: number): number {
    const whole = Math.min(this.firstMS * 2 ** Math.min(this.#failures, 20), this.longestMS);
    this.#failures += 1;
    return Math.round(whole * (1 - jitter / 2));
  }

  succeed(): void {
    this.#failures = 0;
  }
}
