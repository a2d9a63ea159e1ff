import { memoryChannels, type OpenChannel } from "../../platform/Channel.ts";
import { type Locks, memoryLocks } from "../../platform/Locks.ts";
import { ManualClock, settle } from "../../platform/ManualClock.ts";
import { MemoryDatabase } from "../../platform/MemoryDatabase.ts";
import type { Client, EventItem, TimelineItem, TimelineState } from "../contract.ts";
import { Engine } from "../engine/Engine.ts";
import { EngineServer } from "../engine/EngineServer.ts";
import { tabLockName } from "../engine/messages.ts";
import {
  accountLayout,
  type AccountStores,
  sessionLayout,
  type SessionStores,
} from "../storage/layout.ts";
import { EngineLink } from "../tab/EngineLink.ts";
import { RemoteClient } from "../tab/RemoteClient.ts";
import { TestServer } from "./TestServer.ts";

export type RunningEngine = {
  readonly engine: Engine;
  readonly dead: unknown[];
  /** Ends it as a closed tab does: at once, whatever it was doing. */
  readonly kill: () => void;
};

/** A browser profile in memory: its databases, its tabs, and the engines that run one by one. */
export class TestProfile {
  readonly clock = new ManualClock();
  readonly server: TestServer;
  readonly open: OpenChannel = memoryChannels();
  readonly locks: Locks = memoryLocks();
  sessions = new MemoryDatabase<SessionStores>(sessionLayout);
  accounts = new Map<string, MemoryDatabase<AccountStores>>();
  #count = 0;

  constructor() {
    this.server = new TestServer(this.clock);
  }

  /** Starts an engine, as a worker does in the tab whose turn it is. */
  async startEngine(): Promise<RunningEngine> {
    const sessions = this.sessions.reopened();
    this.sessions = sessions;
    let isAlive = true;
    const dead: unknown[] = [];
    const opened: MemoryDatabase<AccountStores>[] = [];
    const engine = new Engine({
      origin: "https://test",
      clock: this.clock,
      // A killed worker hears no answers.
      network: async (request) => {
        if (!isAlive) return await new Promise(() => {});
        const response = await this.server.network(request);
        return isAlive ? response : await new Promise(() => {});
      },
      sessions,
      openAccount: (userID) => {
        const database = this.accounts.get(userID)?.reopened() ??
          new MemoryDatabase<AccountStores>(accountLayout);
        this.accounts.set(userID, database);
        opened.push(database);
        return Promise.resolve(database);
      },
      deleteAccount: (userID) => Promise.resolve(void this.accounts.delete(userID)),
      uploads: () => ({ upload: () => Promise.resolve("mxc://test/upload") }),
      onDead: (reason) => void dead.push(reason),
    });
    const server = new EngineServer(engine, `engine-${++this.#count}`, this.open, this.locks);
    await engine.start();
    server.ready();
    return {
      engine,
      dead,
      kill: () => {
        isAlive = false;
        server.close();
        engine.stop();
      },
    };
  }

  /** Opens a tab, which uses whichever engine runs. */
  openTab(): { client: Client; close: () => void } {
    const tab = `tab-${++this.#count}`;
    const lock = this.locks.acquire(tabLockName(tab));
    const link = new EngineLink(tab, this.open, this.clock, {
      onSilence: () => {},
      onOutdated: () => {},
    });
    void lock.then(() => link.start());
    let count = 0;
    const client = new RemoteClient(link, "Test", () => `${tab}.${++count}`);
    const close = () => {
      link.close();
      void lock.then(({ release }) => release());
    };
    return { client, close };
  }

  /** A tab, signed in, with the first sync done. */
  async signedIn(): Promise<{ client: Client; running: RunningEngine }> {
    const running = await this.startEngine();
    const { client } = this.openTab();
    await settle();
    await client.authentication.signIn("amelie", "secret");
    await settle();
    return { client, running };
  }
}

/** Looks at a room's timeline until the test ends. */
export async function look(client: Client, roomID = "!room:test", at?: string) {
  const timeline = client.rooms.room(roomID).openTimeline(at);
  timeline.state.subscribe(() => {});
  await settle();
  return timeline;
}

export function texts(state: TimelineState): string[] {
  return state.items.flatMap((item) =>
    item.kind === "gap"
      ? ["…"]
      : item.content.kind === "text"
      ? [item.content.body]
      : item.content.kind === "redacted"
      ? ["(redacted)"]
      : []
  );
}

export function eventItems(items: readonly TimelineItem[]): EventItem[] {
  return items.filter((item) => item.kind === "event");
}

/** For tests of the engine: its long waits outlive a test, and do no harm. */
export function engineTest(name: string, body: () => Promise<void>): void {
  Deno.test({ name, fn: body, sanitizeOps: false, sanitizeResources: false });
}
