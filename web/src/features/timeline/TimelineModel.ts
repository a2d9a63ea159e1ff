import type { EventID, EventItem, Timeline } from "../../matrix/contract.ts";
import { describe, isTold } from "../../locales/describe.ts";
import { isolated, type Sentence } from "../../locales/translate.ts";
import { Value } from "../../ui/Value.ts";
import { type Row, TimelineRows } from "./TimelineRows.ts";

export type Announcement = {
  readonly id: number;
  readonly name: string;
  readonly said: Sentence;
};

/** What one open room shows, and how far it has been read. Knows no DOM. */
export class TimelineModel {
  readonly rows: Value<readonly Row[]>;
  /** Messages of others that came while the reader was further up. */
  readonly below = new Value(0);
  readonly isAtEnd = new Value(true);
  /** The latest message of somebody else, for those who listen. */
  readonly announcement = new Value<Announcement | undefined>(undefined);

  readonly #list = new TimelineRows();
  readonly #open = new Set<string>();
  readonly #stop: () => void;
  #isAttended = false;
  #lastSeen: string | undefined;
  #lastRead: EventID | undefined;
  #known = new Set<string>();
  #announced = 0;

  /** `markRead` is told of the newest event on the screen while it is attended to. */
  constructor(
    readonly timeline: Timeline,
    private readonly dayOf: (ts: number) => string,
    private readonly markRead: (eventID: EventID) => void,
  ) {
    this.rows = new Value(this.#update());
    this.#known = new Set(timeline.state.get().items.map((item) => item.key));
    this.#stop = timeline.state.subscribe(() => this.#changed());
  }

  close(): void {
    this.#stop();
    this.timeline.close();
  }

  /** The row of an event, if it is in the window. */
  keyOf(eventID: EventID): string | undefined {
    return this.#list.keyOf(eventID);
  }

  toggle(groupKey: string): void {
    if (!this.#open.delete(groupKey)) this.#open.add(groupKey);
    this.rows.set(this.#update());
  }

  needEarlier(): void {
    if (this.timeline.state.get().earlier === "more") ignore(this.timeline.loadEarlier());
  }

  needLater(): void {
    if (this.timeline.state.get().later === "more") ignore(this.timeline.loadLater());
  }

  retry(edge: "earlier" | "later"): void {
    ignore(edge === "earlier" ? this.timeline.loadEarlier() : this.timeline.loadLater());
  }

  fillGap(key: string): void {
    ignore(this.timeline.fillGap(key));
  }

  /** Where the reader is: whether at the end, and the last row in sight. */
  seen(isAtEnd: boolean, lastKey: string | undefined): void {
    this.isAtEnd.set(isAtEnd && this.timeline.state.get().later === "end");
    if (this.isAtEnd.get()) this.below.set(0);
    this.#lastSeen = lastKey;
    this.#read();
  }

  /** Whether somebody is looking: the page is visible and has the focus. */
  attend(isAttended: boolean): void {
    this.#isAttended = isAttended;
    this.#read();
  }

  /** The newest message of one's own that can be edited. */
  lastEditable(): EventItem | undefined {
    const { items } = this.timeline.state.get();
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index];
      if (item?.kind === "event" && item.isOwn && item.canEdit) return item;
    }
    return undefined;
  }

  #update(): readonly Row[] {
    return this.#list.update(this.timeline.state.get(), { open: this.#open, dayOf: this.dayOf });
  }

  #changed(): void {
    this.#hear();
    this.rows.set(this.#update());
  }

  /** Notices what others said just now. Older pages and one's own words are not news. */
  #hear(): void {
    const { items, later } = this.timeline.state.get();
    const isLive = later === "end" && this.#known.size > 0;
    let fresh = 0;
    for (let index = items.length - 1; index >= 0; index--) {
      const item = items[index];
      if (item === undefined || this.#known.has(item.key)) break;
      if (!isLive || item.kind !== "event" || item.isOwn || isTold(item.content)) continue;
      if (fresh++ === 0) this.#announce(item);
    }
    if (fresh > 0 && !this.isAtEnd.get()) this.below.update((count) => count + fresh);
    this.#known = new Set(items.map((item) => item.key));
  }

  #announce(item: EventItem): void {
    this.announcement.set({
      id: ++this.#announced,
      name: isolated(item.sender.name),
      said: describe(item),
    });
  }

  #read(): void {
    if (!this.#isAttended || this.#lastSeen === undefined) return;
    const eventID = this.#newestUpTo(this.#lastSeen);
    if (eventID === undefined || eventID === this.#lastRead) return;
    this.#lastRead = eventID;
    this.markRead(eventID);
  }

  /** The newest event in the rows up to this one. */
  #newestUpTo(key: string): EventID | undefined {
    const rows = this.rows.get();
    for (let index = indexOf(rows, key); index >= 0; index--) {
      const row = rows[index];
      if (row?.kind === "message" || row?.kind === "told") {
        if (row.item.eventID !== undefined) return row.item.eventID;
      } else if (row?.kind === "told-group") {
        return row.items[row.items.length - 1]?.eventID;
      }
    }
    return undefined;
  }
}

function indexOf(rows: readonly Row[], key: string): number {
  for (let index = rows.length - 1; index >= 0; index--) {
    if (rows[index]?.key === key) return index;
  }
  return -1;
}

/** What fails here shows in the state of the timeline, where it can be tried again. */
function ignore(work: Promise<void>): void {
  work.catch(() => {});
}
