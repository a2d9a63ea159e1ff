import type { EventID, EventItem, GapItem, Receipt, TimelineState } from "../../matrix/contract.ts";
import { isTold } from "../../locales/describe.ts";

/** One row of the timeline as it is drawn. The same object for as long as nothing in it changes. */
export type Row =
  | DayRow
  | NewRow
  | MessageRow
  | ToldRow
  | ToldGroupRow
  | GapRow
  | BeginningRow
  | EdgeRow;

export type DayRow = { readonly kind: "day"; readonly key: string; readonly ts: number };
/** The line « Nouveaux messages ». */
export type NewRow = { readonly kind: "new"; readonly key: string };
export type MessageRow = {
  readonly kind: "message";
  readonly key: string;
  readonly item: EventItem;
  /** It follows another of the same sender closely, so the name is not drawn again. */
  readonly isContinued: boolean;
  readonly isFocused: boolean;
  /** The last message of all is one's own, the server has it, and nobody has read it yet. */
  readonly showsSent: boolean;
};
/** Something the room did, as a sentence. */
export type ToldRow = {
  readonly kind: "told";
  readonly key: string;
  readonly item: EventItem;
  readonly isFocused: boolean;
};
/** Several of them in a row, behind one line that can be opened. */
export type ToldGroupRow = {
  readonly kind: "told-group";
  readonly key: string;
  readonly items: readonly EventItem[];
  readonly isOpen: boolean;
  readonly readBy: readonly Receipt[];
};
export type GapRow = { readonly kind: "gap"; readonly key: string; readonly item: GapItem };
/** More is there, on the server. */
export type EdgeRow = {
  readonly kind: "edge";
  readonly key: "earlier" | "later";
  readonly hasFailed: boolean;
};
/** Nothing is before this. */
export type BeginningRow = { readonly kind: "beginning"; readonly key: string };

/** Messages of one sender within this time of each other stand under one name. */
const CLOSE_MS = 5 * 60_000;

/** From this many told events in a row on, they are collapsed. */
const MANY = 3;

export type RowsOptions = {
  /** The groups that the reader has opened, by their key. */
  readonly open: ReadonlySet<string>;
  /** The calendar day of a time, by the reader's clock. */
  readonly dayOf: (ts: number) => string;
};

/** Turns what the timeline holds into rows, and keeps the rows that did not change. */
export class TimelineRows {
  rows: readonly Row[] = [];
  #byKey = new Map<string, Row>();
  #keyOfEvent = new Map<EventID, string>();

  /** The row in which an event is drawn. */
  keyOf(eventID: EventID): string | undefined {
    return this.#keyOfEvent.get(eventID);
  }

  update(state: TimelineState, options: RowsOptions): readonly Row[] {
    const draft = new Draft(state, options);
    const rows = draft.rows.map((row) => {
      const old = this.#byKey.get(row.key);
      return old !== undefined && isSame(old, row) ? old : row;
    });
    this.#byKey = new Map(rows.map((row) => [row.key, row]));
    this.#keyOfEvent = draft.keyOfEvent;
    const isUnchanged = rows.length === this.rows.length &&
      rows.every((row, index) => row === this.rows[index]);
    if (!isUnchanged) this.rows = rows;
    return this.rows;
  }
}

/** One pass over the items, from the oldest to the newest. */
class Draft {
  readonly rows: Row[] = [];
  readonly keyOfEvent = new Map<EventID, string>();
  #told: EventItem[] = [];
  #last: EventItem | undefined;
  #day = "";
  #isAfterRead = false;
  #hasNew = false;

  constructor(private readonly state: TimelineState, private readonly options: RowsOptions) {
    this.#edge("earlier");
    for (const item of state.items) {
      if (item.kind === "gap") this.#gap(item);
      else this.#event(item);
    }
    this.#flush();
    this.#markSent();
    this.#edge("later");
  }

  #edge(key: "earlier" | "later"): void {
    const edge = this.state[key];
    if (!this.state.isLoaded) return;
    if (edge !== "end") this.rows.push({ kind: "edge", key, hasFailed: edge === "failed" });
    else if (key === "earlier") this.rows.push({ kind: "beginning", key: "beginning" });
  }

  #gap(item: GapItem): void {
    this.#flush();
    this.#last = undefined;
    this.rows.push({ kind: "gap", key: item.key, item });
  }

  #event(item: EventItem): void {
    const day = this.options.dayOf(item.ts);
    if (day !== this.#day) {
      this.#flush();
      this.#day = day;
      this.#last = undefined;
      this.rows.push({ kind: "day", key: `day ${day}`, ts: item.ts });
    }
    if (isHidden(item)) {
      this.#read(item);
      return;
    }
    if (this.#isAfterRead && !this.#hasNew && !item.isOwn && item.sending === undefined) {
      this.#flush();
      this.#hasNew = true;
      this.#last = undefined;
      this.rows.push({ kind: "new", key: "new" });
    }
    if (isTold(item.content) && item.content.kind !== "text") this.#told.push(item);
    else this.#message(item);
    this.#read(item);
  }

  #read(item: EventItem): void {
    if (item.eventID !== undefined && item.eventID === this.state.readUpTo) {
      this.#isAfterRead = true;
    }
  }

  #message(item: EventItem): void {
    this.#flush();
    const isContinued = this.#last !== undefined && continues(this.#last, item);
    const isFocused = item.eventID !== undefined && item.eventID === this.state.focus;
    this.#name(item, item.key);
    this.rows.push({
      kind: "message",
      key: item.key,
      item,
      isContinued,
      isFocused,
      showsSent: false,
    });
    this.#last = item;
  }

  /** Writes the told events that have gathered. */
  #flush(): void {
    const items = this.#told;
    const [first] = items;
    if (first === undefined) return;
    this.#told = [];
    this.#last = undefined;
    if (items.length < MANY) {
      for (const item of items) this.#tell(item);
      return;
    }
    const key = `told ${first.key}`;
    const isFocused = items.some((item) =>
      item.eventID !== undefined && item.eventID === this.state.focus
    );
    const isOpen = isFocused || this.options.open.has(key);
    const readBy = isOpen ? [] : items.flatMap((item) => item.readBy);
    this.rows.push({ kind: "told-group", key, items, isOpen, readBy });
    for (const item of items) {
      if (isOpen) this.#tell(item);
      else this.#name(item, key);
    }
  }

  #tell(item: EventItem): void {
    const isFocused = item.eventID !== undefined && item.eventID === this.state.focus;
    this.#name(item, item.key);
    this.rows.push({ kind: "told", key: item.key, item, isFocused });
  }

  #name(item: EventItem, key: string): void {
    if (item.eventID !== undefined) this.keyOfEvent.set(item.eventID, key);
  }

  #markSent(): void {
    const row = this.rows[this.rows.length - 1];
    if (row?.kind !== "message" || this.state.later !== "end") return;
    const { isOwn, sending, readBy, content } = row.item;
    if (!isOwn || sending !== undefined || readBy.length > 0 || content.kind === "redacted") return;
    this.rows[this.rows.length - 1] = { ...row, showsSent: true };
  }
}

function isHidden(item: EventItem): boolean {
  return item.content.kind === "membership" && item.content.change === "unchanged";
}

function continues(last: EventItem, item: EventItem): boolean {
  const isEmote = item.content.kind === "text" && item.content.style === "emote";
  return last.sender.id === item.sender.id && last.sender.name === item.sender.name && !isEmote &&
    !(last.content.kind === "text" && last.content.style === "emote") &&
    item.ts - last.ts < CLOSE_MS && item.replyTo === undefined;
}

/** Whether a row may stand for another: all that is drawn of it is the same. */
function isSame(old: Row, row: Row): boolean {
  switch (row.kind) {
    case "day":
      return old.kind === "day" && old.ts === row.ts;
    case "new":
    case "beginning":
      return old.kind === row.kind;
    case "edge":
      return old.kind === "edge" && old.hasFailed === row.hasFailed;
    case "gap":
      return old.kind === "gap" && old.item === row.item;
    case "told":
      return old.kind === "told" && old.item === row.item && old.isFocused === row.isFocused;
    case "told-group":
      return old.kind === "told-group" && old.isOpen === row.isOpen &&
        old.items.length === row.items.length &&
        old.items.every((item, index) => item === row.items[index]);
    case "message":
      return old.kind === "message" && old.item === row.item &&
        old.isContinued === row.isContinued && old.isFocused === row.isFocused &&
        old.showsSent === row.showsSent;
  }
}

export function keyOfRow(row: Row): string {
  return row.key;
}

/** A guess at the height of a row that was never drawn, in CSS pixels, for a pane of this width. */
export function guessHeight(row: Row, width: number): number {
  switch (row.kind) {
    case "day":
      return 52;
    case "new":
      return 36;
    case "beginning":
      return 220;
    case "gap":
    case "edge":
      return 64;
    case "told":
    case "told-group":
      return 30;
    case "message":
      return guessMessage(row, width);
  }
}

function guessMessage({ item, isContinued }: MessageRow, width: number): number {
  const head = isContinued ? 6 : 40;
  const { content } = item;
  const around = (item.replyTo === undefined ? 0 : 44) + (item.reactions.length === 0 ? 0 : 36);
  const perLine = Math.max(20, (width - 110) / 7.2);
  switch (content.kind) {
    case "text": {
      const lines = content.body.split("\n");
      const count = lines.reduce(
        (sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)),
        0,
      );
      return head + around + Math.min(400, count) * 22;
    }
    case "image":
    case "video":
      return head + around + pictureHeight(content.width, content.height, width) + 12;
    default:
      return head + around + 60;
  }
}

/** The largest a picture is drawn in the timeline, in CSS pixels. */
export const maxPicture = { width: 420, height: 320 } as const;

function pictureHeight(width = 400, height = 300, pane: number): number {
  const widest = Math.min(maxPicture.width, Math.max(160, pane - 90));
  return height * Math.min(1, widest / width, maxPicture.height / height);
}

/** The size at which a picture is drawn: within the limits, in its proportions, known beforehand. */
export function pictureSize(
  width: number | undefined,
  height: number | undefined,
): { readonly width: number; readonly height: number } {
  if (!width || !height || width < 0 || height < 0) return { width: 320, height: 240 };
  const scale = Math.min(1, maxPicture.width / width, maxPicture.height / height);
  return {
    width: Math.max(48, Math.round(width * scale)),
    height: Math.max(32, Math.round(height * scale)),
  };
}
