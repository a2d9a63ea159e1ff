import { Cell } from "../../platform/Cell.ts";
import { reuse } from "../../platform/equal.ts";
import type { Store } from "../contract.ts";
import type { FeedName } from "../engine/feeds.ts";
import type { EngineLink, Watcher } from "./EngineLink.ts";

/** A feed that nobody watches any more is kept up this long: views come and go quickly. */
const graceMS = 5_000;

export type FeedOptions<T> = {
  /** The value after a patch; by default the patch is the value. */
  readonly patched?: (old: T, patch: unknown) => T;
  /** What to keep of the old value when a new engine tells the whole of it. */
  readonly merged?: (old: T, next: T) => T;
  /** Whether a snapshot is worth showing, or the old value still better. */
  readonly isShown?: (next: T) => boolean;
  /** Called before the feed is watched at an engine. */
  readonly prepare?: () => void;
};

/** A store in this tab that follows a feed of the engine, while somebody watches it. */
export class FeedStore<T> implements Store<T>, Watcher {
  readonly #shown: Cell<T>;
  /** As the engine has it; patches are for this. */
  #base: T;
  #hasBase = false;
  #watchers = 0;
  #isWatched = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly link: EngineLink,
    private readonly name: FeedName,
    private readonly initial: T,
    private readonly options: FeedOptions<T> = {},
  ) {
    this.#shown = new Cell(initial);
    this.#base = initial;
  }

  readonly get = (): T => this.#shown.get();

  readonly subscribe = (listener: () => void): () => void => {
    const stop = this.#shown.subscribe(listener);
    this.keep();
    let isStopped = false;
    return () => {
      if (isStopped) return;
      isStopped = true;
      stop();
      this.release();
    };
  };

  /** Watches without a listener. */
  keep(): void {
    this.#watchers += 1;
    clearTimeout(this.#timer);
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.link.watch(this.name, this);
  }

  release(): void {
    this.#watchers -= 1;
    if (this.#watchers > 0) return;
    this.#timer = setTimeout(() => {
      this.#isWatched = false;
      this.#hasBase = false;
      this.link.unwatch(this.name);
    }, graceMS);
  }

  prepare(): void {
    this.#hasBase = false;
    this.options.prepare?.();
  }

  snapshot(value: unknown): void {
    const next = value as T;
    const old = this.#shown.get();
    this.#base = this.options.merged?.(old, next) ?? reuse(old, next);
    this.#hasBase = true;
    this.#show();
  }

  patch(patch: unknown): void {
    if (!this.#hasBase) return;
    this.#base = this.options.patched?.(this.#base, patch) ?? patch as T;
    this.#show();
  }

  gone(): void {
    this.#hasBase = false;
    this.#base = this.initial;
    this.#shown.set(this.initial);
  }

  #show(): void {
    if (this.options.isShown?.(this.#base) ?? true) this.#shown.set(this.#base);
  }
}
