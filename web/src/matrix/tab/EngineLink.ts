import type { Channel, OpenChannel } from "../../platform/Channel.ts";
import type { Clock } from "../../platform/Clock.ts";
import { Failure } from "../contract.ts";
import {
  type CallArguments,
  type CallName,
  type CallResult,
  isRepeatable,
} from "../engine/calls.ts";
import type { FeedName } from "../engine/feeds.ts";
import {
  channelName,
  type EngineMessage,
  type LobbyMessage,
  lobbyName,
  protocol,
  type TabMessage,
} from "../engine/messages.ts";

type Plain<M> = M extends unknown ? Omit<M, "engine"> : never;

type Pending = {
  readonly name: CallName;
  readonly args: readonly unknown[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (failure: Failure) => void;
  /** The engine that has it. Undefined: none yet. */
  engine: string | undefined;
};

/** What a watched feed does with what comes. */
export interface Watcher {
  /** Called before it is watched at an engine; that may be another one than before. */
  prepare(): void;
  snapshot(value: unknown): void;
  patch(patch: unknown): void;
  gone(): void;
}

const pingMS = 2_000;
// Counted in questions, not in time: the clock of a tab in the background may stand still.
/** An engine that leaves so many unanswered may have forgotten us: it is greeted anew. */
const doubt = 2;
/** And after so many, it is none. */
const silence = 4;

/**
 * A tab's line to the engine, wherever that runs.
 *
 * When an engine goes, what was asked of it is asked again of the next one, unless to have it done
 * twice could do harm. What is watched is watched on.
 */
export class EngineLink {
  readonly #lobby: Channel;
  readonly #channel: Channel;
  readonly #pending = new Map<number, Pending>();
  readonly #watchers = new Map<FeedName, Watcher>();
  #engine: string | undefined;
  #lastCall = 0;
  #unanswered = 0;
  #isClosed = false;

  constructor(
    readonly tab: string,
    open: OpenChannel,
    private readonly clock: Clock,
    private readonly events: {
      /** No engine answers, or one of an older build. Called again while that lasts. */
      readonly onSilence: () => void;
      /** The engine is of another build, and newer. */
      readonly onOutdated: () => void;
    },
  ) {
    this.#channel = open(channelName(tab));
    this.#channel.listen((message) => this.#hear(message as EngineMessage));
    this.#lobby = open(lobbyName);
    this.#lobby.listen((message) => this.#hearLobby(message as LobbyMessage));
  }

  /** Greets the engine. The tab must hold its own lock by then: who gets that believes the tab gone. */
  start(): void {
    this.#hello();
    void this.#keepListening();
  }

  call<N extends CallName>(name: N, ...args: CallArguments<N>): Promise<CallResult<N>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastCall;
      const call: Pending = {
        name,
        args,
        resolve: resolve as (value: unknown) => void,
        reject,
        engine: undefined,
      };
      this.#pending.set(id, call);
      this.#sendCall(id, call);
    });
  }

  /** For what nobody waits for. */
  tell<N extends CallName>(name: N, ...args: CallArguments<N>): void {
    this.call(name, ...args).catch(() => {});
  }

  watch(feed: FeedName, watcher: Watcher): void {
    this.#watchers.set(feed, watcher);
    if (this.#engine === undefined) return;
    watcher.prepare();
    this.#post({ type: "watch", feed });
  }

  unwatch(feed: FeedName): void {
    this.#watchers.delete(feed);
    if (this.#engine !== undefined) this.#post({ type: "unwatch", feed });
  }

  close(): void {
    if (this.#engine !== undefined) this.#post({ type: "bye" });
    this.#isClosed = true;
    this.#channel.close();
    this.#lobby.close();
  }

  #hearLobby(message: LobbyMessage): void {
    if (message.type !== "engine") return;
    this.#unanswered = 0;
    if (message.protocol > protocol) return this.events.onOutdated();
    if (message.protocol < protocol) return this.events.onSilence();
    if (message.engine === this.#engine) return;
    this.#engine = undefined;
    if (message.isReady) this.#hello();
  }

  #hear(message: EngineMessage): void {
    this.#unanswered = 0;
    if (message.type === "welcome") return this.#welcomed(message.engine);
    if (message.engine !== this.#engine) return;
    switch (message.type) {
      case "result":
        this.#take(message.id)?.resolve(message.value);
        break;
      case "failure": {
        const { id, code, details } = message;
        const call = this.#pending.get(id);
        // It ends while it works: the next one does it, if it may be done again.
        if (code === "INTERRUPTED" && call !== undefined && isRepeatable(call.name)) {
          call.engine = undefined;
          break;
        }
        this.#take(id)?.reject(new Failure(code, message.message, details));
        break;
      }
      case "snapshot":
        this.#watchers.get(message.feed)?.snapshot(message.value);
        break;
      case "patch":
        this.#watchers.get(message.feed)?.patch(message.patch);
        break;
      case "gone":
        this.#watchers.get(message.feed)?.gone();
        break;
    }
  }

  #welcomed(engine: string): void {
    if (this.#engine === engine) return;
    this.#engine = engine;
    for (const [feed, watcher] of this.#watchers) {
      watcher.prepare();
      this.#post({ type: "watch", feed });
    }
    for (const [id, call] of this.#pending) this.#sendCall(id, call);
  }

  #sendCall(id: number, call: Pending): void {
    if (this.#engine === undefined || call.engine === this.#engine) return;
    if (call.engine !== undefined && !isRepeatable(call.name)) {
      this.#take(id)?.reject(new Failure("INTERRUPTED", "The engine has gone meanwhile."));
      return;
    }
    call.engine = this.#engine;
    this.#post({ type: "call", id, name: call.name, args: call.args });
  }

  #take(id: number): Pending | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  #hello(): void {
    const message: LobbyMessage = { type: "hello", tab: this.tab, protocol };
    this.#lobby.post(message);
  }

  async #keepListening(): Promise<void> {
    while (!this.#isClosed) {
      await this.clock.sleep(pingMS);
      if (this.#isClosed) return;
      if (this.#unanswered >= doubt) this.#engine = undefined;
      if (this.#unanswered >= silence) {
        this.#unanswered = 0;
        this.events.onSilence();
      }
      this.#unanswered += 1;
      if (this.#engine === undefined) this.#hello();
      else this.#post({ type: "ping" });
    }
  }

  #post(message: Plain<TabMessage>): void {
    if (!this.#isClosed) this.#channel.post({ ...message, engine: this.#engine });
  }
}
