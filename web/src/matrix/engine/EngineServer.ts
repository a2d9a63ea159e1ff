import type { Channel, OpenChannel } from "../../platform/Channel.ts";
import type { Locks } from "../../platform/Locks.ts";
import { Failure } from "../contract.ts";
import type { Engine } from "./Engine.ts";
import type { FeedName } from "./feeds.ts";
import {
  channelName,
  type EngineMessage,
  type LobbyMessage,
  lobbyName,
  protocol,
  tabLockName,
  type TabMessage,
} from "./messages.ts";

type Plain<M> = M extends unknown ? Omit<M, "engine"> : never;

/** Lets the tabs of this browser profile use the engine. */
export class EngineServer {
  readonly #lobby: Channel;
  readonly #tabs = new Map<string, TabLine>();
  #isReady = false;
  #isClosed = false;

  constructor(
    private readonly engine: Engine,
    /** Names this engine among those before and after it. */
    private readonly id: string,
    private readonly open: OpenChannel,
    private readonly locks: Locks,
  ) {
    this.#lobby = open(lobbyName);
    this.#lobby.listen((message) => this.#hear(message as LobbyMessage));
    engine.onAccountChange = () => {
      for (const tab of this.#tabs.values()) tab.watchAnew();
    };
    this.#announce();
  }

  /** The engine has started: tabs may come. */
  ready(): void {
    this.#isReady = true;
    this.#announce();
  }

  close(): void {
    this.#isClosed = true;
    this.#lobby.close();
    for (const tab of this.#tabs.values()) tab.close();
    this.#tabs.clear();
  }

  #announce(): void {
    const message: LobbyMessage = {
      type: "engine",
      engine: this.id,
      isReady: this.#isReady,
      protocol,
    };
    this.#lobby.post(message);
  }

  #hear(message: LobbyMessage): void {
    if (message.type !== "hello" || this.#isClosed) return;
    if (!this.#isReady || message.protocol !== protocol) return this.#announce();
    const { tab } = message;
    const known = this.#tabs.get(tab);
    if (known !== undefined) return known.welcome();
    const line = new TabLine(this.engine, this.id, this.open(channelName(tab)), () => {
      this.#leave(tab);
    });
    this.#tabs.set(tab, line);
    line.welcome();
    // A tab holds this lock as long as it lives: whoever gets it knows that the tab is no more.
    this.locks.acquire(tabLockName(tab)).then((lock) => {
      lock.release();
      this.#leave(tab);
    }, () => {});
  }

  #leave(tab: string): void {
    this.#tabs.get(tab)?.close();
    this.#tabs.delete(tab);
    this.engine.closeTimelines(`${tab}/`);
  }
}

/** The line to one tab: its calls, and what it watches. */
class TabLine {
  readonly #watched = new Map<FeedName, () => void>();
  #isClosed = false;

  constructor(
    private readonly engine: Engine,
    private readonly id: string,
    private readonly channel: Channel,
    private readonly onBye: () => void,
  ) {
    channel.listen((message) => this.#hear(message as TabMessage));
  }

  welcome(): void {
    this.#post({ type: "welcome" });
  }

  /** After another account has come: the same names mean other things. */
  watchAnew(): void {
    for (const [feed, stop] of [...this.#watched]) {
      stop();
      this.#watch(feed);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
    this.channel.close();
  }

  #hear(message: TabMessage): void {
    if (message.engine !== this.id || this.#isClosed) return;
    switch (message.type) {
      case "call":
        void this.#call(message);
        break;
      case "watch":
        if (!this.#watched.has(message.feed)) this.#watch(message.feed);
        break;
      case "unwatch":
        this.#watched.get(message.feed)?.();
        this.#watched.delete(message.feed);
        break;
      case "ping":
        this.#post({ type: "pong" });
        break;
      case "bye":
        this.onBye();
        break;
    }
  }

  async #call({ id, name, args }: TabMessage & { type: "call" }): Promise<void> {
    try {
      this.#post({ type: "result", id, value: await this.engine.call(name, args) });
    } catch (error) {
      const { code, message, details } = error instanceof Failure
        ? error
        : new Failure("INTERNAL", String(error));
      this.#post({ type: "failure", id, code, message, details });
    }
  }

  #watch(name: FeedName): void {
    const feed = this.engine.feed(name);
    if (feed === undefined) {
      // Remembered, for when somebody signs in.
      this.#watched.set(name, () => {});
      return this.#post({ type: "gone", feed: name });
    }
    this.#watched.set(
      name,
      feed.subscribe((patch) => this.#post({ type: "patch", feed: name, patch })),
    );
    this.#post({ type: "snapshot", feed: name, value: feed.snapshot() });
  }

  #post(message: Plain<EngineMessage>): void {
    if (!this.#isClosed) this.channel.post({ ...message, engine: this.id });
  }
}
