import type {
  EventID,
  FoundMessages,
  FoundOrder,
  MessageQuery,
  RoomID,
  Search,
} from "../../matrix/contract.ts";
import type { Sentence } from "../../locales/translate.ts";
import { isCancelled, problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";
import { countIn, type FoundGroup, withPage } from "./foundGroups.ts";

export type MessageSearchState = {
  /** As it is typed. */
  readonly text: string;
  readonly order: FoundOrder;
  /** `short`: nothing is asked before there are a few letters. */
  readonly status: "short" | "searching" | "done" | "failed" | "more" | "more-failed";
  /** While another question is under way, those of the one before. */
  readonly groups: readonly FoundGroup[];
  readonly words: readonly string[];
  readonly total?: number | undefined;
  /** Where the next page begins. */
  readonly next?: string | undefined;
  readonly problem?: Sentence | undefined;
  /** The message that was gone to: where one goes on when one comes back. */
  readonly chosen?: EventID | undefined;
};

/** How long typing must pause before the server is asked, in milliseconds. */
const PAUSE_MS = 300;

/** Fewer letters find too much. */
const FEWEST = 2;

/** More than this nobody looks through: another word helps more. */
export const MOST = 300;

/** Pages that bring nothing to show, one after the other, before one has to ask for the next. */
const MOST_EMPTY = 5;

const nothing = { groups: [], words: [], total: undefined, next: undefined, chosen: undefined };

/** Looks for messages as words are typed. At most one request is under way. */
export class MessageSearchModel {
  readonly state = new Value<MessageSearchState>({
    text: "",
    order: "recent",
    status: "short",
    groups: [],
    words: [],
  });
  #asking = new AbortController();
  #isInterrupted = false;

  /** - `roomID`: where to look; everywhere when undefined. */
  constructor(
    private readonly client: Search,
    readonly roomID: RoomID | undefined,
    private readonly pause: (ms: number) => Promise<void> = wait,
  ) {}

  /** Takes what is typed. What was asked before is taken back at once. */
  async search(text: string): Promise<void> {
    const isSame = text.trim() === this.state.get().text.trim();
    if (isSame && this.state.get().status !== "failed") {
      return this.state.update((state) => ({ ...state, text }));
    }
    const signal = this.#begin();
    if ([...text.trim()].length < FEWEST) {
      this.state.update((state) => ({
        ...state,
        ...nothing,
        text,
        status: "short",
        problem: undefined,
      }));
      return;
    }
    this.state.update((state) => ({ ...state, text, status: "searching", problem: undefined }));
    await this.pause(PAUSE_MS);
    if (!signal.aborted) await this.#first(signal);
  }

  /** Asks for these words, for those asked for before too: there may be news. */
  async begin(text: string): Promise<void> {
    const { text: before, order } = this.state.get();
    if (text.trim() === before.trim()) await this.arrange(order);
    else await this.search(text);
  }

  async arrange(order: FoundOrder): Promise<void> {
    const { status } = this.state.get();
    if (status === "short") return this.state.update((state) => ({ ...state, order }));
    this.state.update((state) => ({ ...state, order, status: "searching", problem: undefined }));
    await this.#first(this.#begin());
  }

  async retry(): Promise<void> {
    const { status, order } = this.state.get();
    if (status === "failed") await this.arrange(order);
    if (status === "more-failed") await this.#more();
  }

  /** Fetches the next page, if there is one and nothing else is under way. */
  async more(): Promise<void> {
    if (this.state.get().status === "done") await this.#more();
  }

  choose(eventID: EventID): void {
    this.state.update((state) => ({ ...state, chosen: eventID }));
  }

  /** It is looked at: what was taken back when it no longer was is asked again. */
  async open(): Promise<void> {
    if (!this.#isInterrupted) return;
    if (this.state.get().status === "searching") await this.#first(this.#begin());
    else if (this.state.get().status === "more") await this.#more();
  }

  /** It is no longer looked at: takes back what is under way. */
  close(): void {
    const { status } = this.state.get();
    this.#isInterrupted = status === "searching" || status === "more";
    if (this.#isInterrupted) this.#asking.abort();
  }

  #begin(): AbortSignal {
    this.#isInterrupted = false;
    this.#asking.abort();
    this.#asking = new AbortController();
    return this.#asking.signal;
  }

  #first(signal: AbortSignal): Promise<void> {
    return this.#fetch(signal, undefined, "failed");
  }

  async #more(): Promise<void> {
    const { next, groups } = this.state.get();
    if (next === undefined || countIn(groups) >= MOST) return;
    this.state.update((state) => ({ ...state, status: "more", problem: undefined }));
    await this.#fetch(this.#begin(), next, "more-failed");
  }

  async #fetch(
    signal: AbortSignal,
    from: string | undefined,
    failed: "failed" | "more-failed",
  ): Promise<void> {
    try {
      const page = await this.#page(signal, from);
      if (signal.aborted) return;
      this.state.update((state) => ({
        ...state,
        ...(from === undefined ? nothing : {}),
        status: "done",
        groups: withPage(from === undefined ? [] : state.groups, page.messages),
        words: from === undefined ? page.words : [...new Set([...state.words, ...page.words])],
        total: page.total ?? (from === undefined ? undefined : state.total),
        next: page.next,
      }));
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.state.update((state) => ({
        ...state,
        ...(failed === "failed" ? nothing : {}),
        status: failed,
        problem: problem(error),
      }));
    }
  }

  /** A page with something in it, if one of the next few has. */
  async #page(signal: AbortSignal, from: string | undefined): Promise<FoundMessages> {
    const { text, order } = this.state.get();
    const query: MessageQuery = {
      text: text.trim(),
      order,
      ...(this.roomID === undefined ? {} : { roomID: this.roomID }),
    };
    let start = from;
    for (let tries = 1;; tries++) {
      const page = await this.client.messages(
        start === undefined ? query : { ...query, from: start },
        signal,
      );
      const isEnd = page.next === undefined || page.next === start;
      if (isEnd) return lastOf(page);
      if (page.messages.length > 0 || tries === MOST_EMPTY || signal.aborted) return page;
      start = page.next;
    }
  }
}

function lastOf({ next: _, ...page }: FoundMessages): FoundMessages {
  return page;
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
