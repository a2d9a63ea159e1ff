import { Cell } from "../../platform/Cell.ts";
import { startingWith } from "../../platform/Database.ts";
import { reuseList } from "../../platform/equal.ts";
import { optional } from "../api/json.ts";
import {
  type EventID,
  Failure,
  type GapItem,
  type Permissions,
  type RoomID,
  type TimelineEdge,
  type TimelineState,
  type UserID,
} from "../contract.ts";
import type { Members } from "../rooms/Members.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { Chunk, EventRecord, ReceiptRecord, RoomRecord } from "../storage/records.ts";
import type { RoomChange } from "../sync/applySync.ts";
import type { History } from "./History.ts";
import { buildItems, type Echo, peopleIn, quotedBy } from "./items.ts";
import { type Event, redacted } from "./parseEvent.ts";
import { Relations } from "./Relations.ts";

/** What a window needs of the room it looks into. */
export interface WindowRoom {
  readonly id: RoomID;
  readonly self: UserID;
  record(): RoomRecord | undefined;
  permissions(): Permissions;
  echoes(): readonly Echo[];
  isIgnored(userID: UserID): boolean;
  /** Called with the room as `History` has stored it. */
  stored(room: RoomRecord): void;
}

/** Where the window ends on one side, and so how to go on. */
type Edge =
  /** In storage: on the older side the position of the first event, on the newer the one after the last. */
  | { readonly at: "stored"; readonly chunk: number; readonly index: number }
  /** On the server only. */
  | { readonly at: "token"; readonly token: string }
  /** Nothing is beyond. On the newer side: new events come by themselves. */
  | { readonly at: "end" };

type Side = "earlier" | "later";

/** Events read from storage at once. */
const pageSize = 60;
/** A window that has grown beyond this lets go of what is farthest from where one reads. */
const maxEvents = 600;
/** Fewer items than this do not fill a screen: more is fetched without being asked. */
const fewItems = 12;
/** Quoted events that are fetched at a time. */
const maxFetches = 4;

/**
 * A part of a room's timeline that one view looks at.
 *
 * All that happens to it happens in turn: what is asked of it, and what sync brings.
 */
export class TimelineWindow {
  readonly state = new Cell<TimelineState>({
    isLoaded: false,
    items: [],
    earlier: "loading",
    later: "loading",
  });

  #events: Event[] = [];
  #start: Edge = { at: "end" };
  #end: Edge = { at: "end" };
  readonly #relations = new Relations();
  readonly #receipts = new Map<UserID, ReceiptRecord>();
  readonly #quotes = new Map<EventID, Event | "loading" | "missing">();
  /** Stored events whose predecessor is known to be the one before them here. */
  readonly #joints = new Set<EventID>();
  readonly #gapStates = new Map<number, GapItem["state"]>();
  readonly #edges: Record<Side, "loading" | "failed" | undefined> = {
    earlier: undefined,
    later: undefined,
  };
  #readUpTo: EventID | undefined;
  #focus: EventID | undefined;
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly room: WindowRoom,
    private readonly database: AccountDatabase,
    private readonly history: History,
    private readonly members: Members,
  ) {
    this.#readUpTo = room.record()?.fullyRead;
  }

  // What a view asks.

  /** Shows the live end, or what is around `at`. */
  open(at?: EventID): Promise<void> {
    return this.#inTurn(async () => {
      await this.#loadReceipts();
      if (at !== undefined) {
        try {
          return await this.#showAround(at);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
      await this.#showLive();
    });
  }

  loadEarlier(): Promise<void> {
    return this.#extend("earlier");
  }

  loadLater(): Promise<void> {
    return this.#extend("later");
  }

  jumpTo(eventID: EventID): Promise<void> {
    return this.#inTurn(() => this.#showAround(eventID));
  }

  jumpToLive(): Promise<void> {
    return this.#inTurn(() => {
      this.#focus = undefined;
      return this.#end.at === "end" ? this.#draw() : this.#showLive();
    });
  }

  fillGap(key: string): Promise<void> {
    const number = Number(/^gap-(\d+)$/.exec(key)?.[1] ?? NaN);
    if (this.#gapStates.get(number) === "loading") return Promise.resolve();
    this.#gapStates.set(number, "loading");
    return this.#inTurn(async () => {
      await this.#draw();
      try {
        await this.#fill(number);
        this.#gapStates.delete(number);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        this.#gapStates.set(number, "failed");
      }
      await this.#draw();
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  // What happens meanwhile.

  /** Takes in what a sync answer has changed in this room. */
  changed(change: RoomChange): void {
    void this.#inTurn(async () => {
      for (const event of change.changed) this.#replace(event);
      for (const { target, redaction } of change.redactions) {
        // What was read from the server alone is not in storage, and changes here.
        const event = this.find(target);
        if (event !== undefined && event.redaction === undefined) {
          this.#replace(redacted(event, redaction));
        }
      }
      for (const receipt of change.receipts) this.#receipts.set(receipt.userID, receipt);
      const appended = await this.history.read(change.appended);
      if (this.#end.at === "end") {
        this.#append(appended);
        this.#trim("earlier");
      } else {
        this.#relate(appended);
      }
      await this.#draw();
    });
  }

  /** The local echoes, the permissions, the members or the ignored have changed. */
  redraw(): void {
    void this.#inTurn(() => this.#draw());
  }

  /** Keys have come, or the reasons changed why something cannot be read: tries it again. */
  reread(): void {
    void this.#inTurn(async () => {
      const unread = [...this.#events, ...this.#relations.unread()].filter(isUnread);
      for (const event of await this.history.read(unread)) {
        this.#replace(event);
        this.#relations.add(event);
      }
      const quotes = [...this.#quotes.values()].filter((quote) => typeof quote !== "string");
      for (const event of await this.history.read(quotes.filter(isUnread))) {
        this.#quotes.set(event.id, event);
      }
      await this.#draw();
    });
  }

  /** The event of this window that it shows under `eventID`, for those who act on it. */
  find(eventID: EventID): Event | undefined {
    return this.#events.find(({ id }) => id === eventID);
  }

  // Loading.

  async #showLive(): Promise<void> {
    const live = this.room.record()?.chunks.at(-1) ?? { number: 0, first: 0, end: 0 };
    this.#reset([], { at: "stored", chunk: live.number, index: live.end }, { at: "end" });
    await this.#readBack();
    await this.#draw();
    if (this.state.get().items.length < fewItems) await this.#extendNow("earlier");
  }

  async #showAround(eventID: EventID): Promise<void> {
    if (this.find(eventID) === undefined) {
      const stored = await this.history.find(this.room.id, eventID);
      if (stored !== undefined) {
        const { chunk, index } = stored;
        this.#reset([], { at: "stored", chunk, index }, { at: "stored", chunk, index });
        await this.#readBack();
        await this.#readOn();
      } else {
        const { events, start, end } = await this.history.context(this.room.id, eventID);
        const place = events.findIndex(({ id }) => id === eventID);
        if (place < 0) throw new Failure("M_NOT_FOUND", "The event is not in its own context.");
        this.#reset([], tokenEdge(start), tokenEdge(end));
        await this.#absorb("later", events.slice(place));
        await this.#absorb("earlier", events.slice(0, place).reverse());
      }
    }
    this.#focus = eventID;
    await this.#draw();
  }

  #reset(events: readonly Event[], start: Edge, end: Edge): void {
    this.#events = [...events];
    this.#start = start;
    this.#end = end;
    this.#focus = undefined;
    this.#edges.earlier = undefined;
    this.#edges.later = undefined;
    this.#gapStates.clear();
    this.#joints.clear();
    this.#relations.clear();
    this.#relate(events);
  }

  #extend(side: Side): Promise<void> {
    if (this.#edges[side] === "loading") return this.#turn.then(() => {});
    return this.#inTurn(() => this.#extendNow(side));
  }

  async #extendNow(side: Side): Promise<void> {
    if ((side === "earlier" ? this.#start : this.#end).at === "end") return;
    this.#edges[side] = "loading";
    await this.#draw();
    const before = this.state.get().items.length;
    try {
      // A page may hold nothing to show: reactions, edits, changes that say nothing.
      for (let tries = 0; tries < 5; tries++) {
        const edge = side === "earlier" ? this.#start : this.#end;
        if (edge.at === "end") break;
        if (edge.at === "token") await this.#readPage(side, edge.token);
        else if (side === "earlier") await this.#readEarlier(edge);
        else await this.#readOn();
        await this.#draw();
        if (this.state.get().items.length >= before + fewItems) break;
      }
      this.#edges[side] = undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#edges[side] = "failed";
    }
    this.#trim(side === "earlier" ? "later" : "earlier");
    await this.#draw();
  }

  /** From storage, and from the server where storage ends. */
  async #readEarlier(edge: Edge & { at: "stored" }): Promise<void> {
    if (await this.#readBack() > 0) return;
    const chunk = this.#chunk(edge.chunk);
    if (chunk?.prevToken === undefined) {
      this.#start = { at: "end" };
      return;
    }
    try {
      const room = await this.history.backfill(this.room.id, chunk.number);
      if (room !== undefined) this.room.stored(room);
    } catch (error) {
      // Offline, what was read long ago can still be read, with a gap before it.
      const older = this.#chunkBefore(chunk.number);
      if (older === undefined) throw error;
      this.#start = { at: "stored", chunk: older.number, index: older.end };
    }
    await this.#readBack();
  }

  /** Puts a page of what is stored in front. Returns how much that was. */
  async #readBack(): Promise<number> {
    let edge = this.#start;
    if (edge.at !== "stored") return 0;
    let chunk = this.#chunk(edge.chunk);
    // Two chunks with nothing missing between them are read as one.
    while (chunk !== undefined && edge.index <= chunk.first && chunk.prevToken === undefined) {
      const older = this.#chunkBefore(chunk.number);
      if (older === undefined) {
        this.#start = { at: "end" };
        return 0;
      }
      edge = { at: "stored", chunk: older.number, index: older.end };
      chunk = older;
    }
    if (chunk === undefined) {
      this.#start = { at: "end" };
      return 0;
    }
    const from = Math.max(chunk.first, edge.index - pageSize);
    const events = await this.history.stored(this.room.id, chunk.number, from, edge.index);
    this.#start = { at: "stored", chunk: chunk.number, index: from };
    this.#events = [...this.#unknown(events), ...this.#events];
    await this.#loadRelated(events);
    return events.length;
  }

  /** Adds a page of what is stored at the end. */
  async #readOn(): Promise<void> {
    let edge = this.#end;
    if (edge.at !== "stored") return;
    const chunks = this.room.record()?.chunks ?? [];
    let chunk = this.#chunk(edge.chunk);
    while (chunk !== undefined && edge.index >= chunk.end) {
      const number: number = chunk.number;
      const newer = chunks.find((other) => other.number > number);
      if (newer === undefined) break;
      edge = { at: "stored", chunk: newer.number, index: newer.first };
      chunk = newer;
    }
    if (chunk === undefined) {
      this.#end = { at: "end" };
      return;
    }
    const end = Math.min(chunk.end, edge.index + pageSize);
    const events = await this.history.stored(this.room.id, chunk.number, edge.index, end);
    this.#events = [...this.#events, ...this.#unknown(events)];
    const isLive = chunk.number === this.room.record()?.chunks.at(-1)?.number;
    this.#end = isLive && end >= (this.#chunk(chunk.number)?.end ?? end)
      ? { at: "end" }
      : { at: "stored", chunk: chunk.number, index: end };
    await this.#loadRelated(events);
  }

  /** A page of what the server alone has. */
  async #readPage(side: Side, token: string): Promise<void> {
    const page = await this.history.page(this.room.id, side === "earlier" ? "b" : "f", token);
    const edge = page.token === token ? { at: "end" } as const : tokenEdge(page.token);
    if (side === "earlier") this.#start = edge;
    else this.#end = edge;
    await this.#absorb(side, side === "earlier" ? page.events.toReversed() : page.events);
  }

  /**
   * Adds events that follow each other outward. As soon as one is met that is stored, the rest is
   * left to storage, which goes on from there.
   */
  async #absorb(side: Side, outward: readonly Event[]): Promise<void> {
    const known = new Set(this.#events.map(({ id }) => id));
    const added: Event[] = [];
    for (const event of outward) {
      if (known.has(event.id)) continue;
      const stored = await this.history.find(this.room.id, event.id);
      if (stored === undefined) {
        added.push(event);
        continue;
      }
      const { chunk, index } = stored;
      if (side === "earlier") this.#start = { at: "stored", chunk, index: index + 1 };
      else this.#end = { at: "stored", chunk, index };
      this.#joints.add(event.id);
      break;
    }
    this.#events = side === "earlier"
      ? [...added.toReversed(), ...this.#events]
      : [...this.#events, ...added];
    await this.#loadRelated(added);
  }

  /** Fetches a page of what is missing before a chunk that is in view. */
  async #fill(number: number): Promise<void> {
    const before = this.#chunk(number)?.first ?? 0;
    const room = await this.history.backfill(this.room.id, number);
    if (room !== undefined) this.room.stored(room);
    const after = this.#chunk(number)?.first ?? before;
    const events = await this.history.stored(this.room.id, number, after, before);
    const place = this.#events.findIndex((event) => chunkOf(event) === number);
    const next = this.#events[place];
    if (next === undefined) return;
    const fresh = this.#unknown(events);
    // It has reached what was read from the server before: nothing is missing any more.
    if (fresh.length < events.length) this.#joints.add((fresh[0] ?? next).id);
    this.#events.splice(place, 0, ...fresh);
    await this.#loadRelated(events);
  }

  async #loadReceipts(): Promise<void> {
    const all = await this.database.read(
      ["receipts"],
      (tx) => tx.getAll("receipts", startingWith(this.room.id)),
    );
    for (const receipt of all) this.#receipts.set(receipt.userID, receipt);
  }

  async #loadRelated(events: readonly Event[]): Promise<void> {
    this.#relate(events);
    const targets = events.filter((event) => event.stateKey === undefined).map(({ id }) => id);
    this.#relate(await this.history.related(this.room.id, targets));
  }

  #relate(events: readonly Event[]): void {
    for (const event of events) this.#relations.add(event);
  }

  #append(events: readonly EventRecord[]): void {
    this.#events.push(...this.#unknown(events));
    this.#relate(events);
  }

  #unknown(events: readonly EventRecord[]): readonly EventRecord[] {
    const known = new Set(this.#events.map(({ id }) => id));
    return events.filter(({ id }) => !known.has(id));
  }

  #replace(event: Event): void {
    this.#relations.remove(event.id);
    this.#events = this.#events.map((old) => old.id === event.id ? event : old);
    if (this.#quotes.has(event.id)) this.#quotes.set(event.id, event);
  }

  #trim(side: Side): void {
    const extra = this.#events.length - maxEvents;
    if (extra <= 0) return;
    const [edge, keep] = side === "earlier"
      ? [this.#events[extra], this.#events.slice(extra)]
      : [this.#events[maxEvents], this.#events.slice(0, maxEvents)];
    // What is not in storage cannot be read again from there, and stays.
    if (edge === undefined || !isStored(edge)) return;
    this.#events = keep;
    const position: Edge = { at: "stored", chunk: edge.chunk, index: edge.index };
    if (side === "earlier") this.#start = position;
    else this.#end = position;
  }

  // Drawing.

  async #draw(): Promise<void> {
    if (this.#isClosed) return;
    const { room } = this;
    this.#wantQuotes();
    const quotes = new Map(this.#quotes);
    for (const event of this.#events) if (quotes.has(event.id)) quotes.set(event.id, event);
    const scene = {
      roomID: room.id,
      self: room.self,
      room: room.record(),
      permissions: room.permissions(),
      events: this.#events,
      gaps: this.#gaps(),
      relations: this.#relations,
      receipts: this.#receipts.values(),
      echoes: this.#end.at === "end" ? room.echoes() : [],
      quotes,
      isIgnored: (userID: UserID) => room.isIgnored(userID),
    };
    await this.members.load(room.id, peopleIn({ ...scene, receipts: this.#receipts.values() }));
    const { items, lastShown } = buildItems({
      ...scene,
      receipts: this.#receipts.values(),
      naming: (userID) => this.members.person(room.id, userID),
    });
    const old = this.state.get();
    const readUpTo = this.#readUpTo === undefined ? undefined : lastShown.get(this.#readUpTo);
    const next: TimelineState = {
      isLoaded: true,
      items: reuseList(old.items, items, ({ key }) => key),
      earlier: this.#edge("earlier", this.#start),
      later: this.#edge("later", this.#end),
      ...optional("readUpTo", readUpTo),
      ...optional("focus", this.#focus),
    };
    const isSame = old.isLoaded && old.items === next.items && old.earlier === next.earlier &&
      old.later === next.later && old.readUpTo === next.readUpTo && old.focus === next.focus;
    if (!isSame) this.state.set(next);
  }

  #edge(side: Side, edge: Edge): TimelineEdge {
    return this.#edges[side] ?? (edge.at === "end" ? "end" : "more");
  }

  /** Where a chunk begins that has something before it which is not what stands there. */
  #gaps(): ReadonlyMap<EventID, GapItem> {
    const gaps = new Map<EventID, GapItem>();
    let last: Event | undefined;
    for (const event of this.#events) {
      const number = chunkOf(event);
      const before = last && chunkOf(last);
      const isFirst = last !== undefined && before !== number;
      last = event;
      if (!isFirst || number === undefined || this.#joints.has(event.id)) continue;
      if (this.#chunk(number)?.prevToken === undefined) continue;
      const state = this.#gapStates.get(number) ?? "waiting";
      gaps.set(event.id, { kind: "gap", key: `gap-${number}`, state });
    }
    return gaps;
  }

  /** Fetches the events that those in view answer, and draws again when they are there. */
  #wantQuotes(): void {
    const known = new Map(this.#events.map((event) => [event.id, event]));
    const wanted = [...this.#events, ...this.room.echoes().flatMap(contentOf)];
    let fetches = 0;
    for (const event of wanted) {
      const id = quotedBy(event);
      if (id === undefined || this.#quotes.has(id)) continue;
      const near = known.get(id);
      if (near !== undefined) {
        this.#quotes.set(id, near);
        continue;
      }
      if (fetches++ >= maxFetches) continue;
      this.#quotes.set(id, "loading");
      void this.#fetchQuote(id);
    }
  }

  async #fetchQuote(id: EventID): Promise<void> {
    try {
      const found = await this.history.find(this.room.id, id) ??
        await this.history.fetch(this.room.id, id);
      this.#quotes.set(id, found ?? "missing");
      if (found !== undefined) this.#relate(await this.history.related(this.room.id, [id]));
    } catch (error) {
      const isGone = error instanceof Failure && error.code !== "OFFLINE";
      // Offline, it is asked for again with a later drawing.
      if (isGone) this.#quotes.set(id, "missing");
      else this.#quotes.delete(id);
      if (!isGone) return;
    }
    this.redraw();
  }

  #chunk(number: number): Chunk | undefined {
    return this.room.record()?.chunks.find((chunk) => chunk.number === number);
  }

  #chunkBefore(number: number): Chunk | undefined {
    return this.room.record()?.chunks.findLast((chunk) => chunk.number < number);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => this.#isClosed ? undefined : work());
    this.#turn = done.catch(() => {});
    return done;
  }
}

function tokenEdge(token: string | undefined): Edge {
  return token === undefined ? { at: "end" } : { at: "token", token };
}

function isUnread(event: Event): boolean {
  return event.sealed?.isWhole === false ||
    (event.type === "m.room.encrypted" && event.redaction === undefined);
}

function isStored(event: Event): event is EventRecord {
  return "chunk" in event;
}

function chunkOf(event: Event): number | undefined {
  return isStored(event) ? event.chunk : undefined;
}

function contentOf(echo: Echo): Pick<Event, "content">[] {
  return echo.request.kind === "redaction" ? [] : [{ content: echo.request.content }];
}
