import type { EventID, Timeline, TimelineItem, TimelineState } from "../contract.ts";
import { Failure } from "../contract.ts";
import { Cell } from "../../platform/Cell.ts";

/** A window on a list of items in memory. */
export class FakeTimeline implements Timeline {
  readonly state: Cell<TimelineState>;
  #from: number;
  #to = Infinity;
  #focus: EventID | undefined;
  readonly #stop: () => void;

  constructor(private readonly all: Cell<readonly TimelineItem[]>, private readonly page: number) {
    this.#from = Math.max(0, all.get().length - page);
    this.state = new Cell<TimelineState>({
      isLoaded: false,
      items: [],
      earlier: "more",
      later: "end",
    });
    this.#stop = all.subscribe(() => this.#draw());
    setTimeout(() => this.#draw(), 30);
  }

  async loadEarlier(): Promise<void> {
    if (this.#from === 0 || this.state.get().earlier === "loading") return;
    this.state.update((state) => ({ ...state, earlier: "loading" }));
    await new Promise((done) => setTimeout(done, 250));
    this.#from = Math.max(0, this.#from - this.page);
    this.#draw();
  }

  loadLater(): Promise<void> {
    this.#to += this.page;
    this.#draw();
    return Promise.resolve();
  }

  fillGap(key: string): Promise<void> {
    this.all.update((items) => items.filter((item) => item.key !== key));
    return Promise.resolve();
  }

  jumpTo(eventID: EventID): Promise<void> {
    const items = this.all.get();
    const index = items.findIndex((item) => item.kind === "event" && item.eventID === eventID);
    if (index < 0) return Promise.reject(new Failure("M_NOT_FOUND", "No such event."));
    this.#from = Math.max(0, index - this.page / 2);
    this.#to = Math.min(items.length, index + this.page / 2);
    this.#focus = eventID;
    this.#draw();
    return Promise.resolve();
  }

  jumpToLive(): Promise<void> {
    this.#from = Math.max(0, this.all.get().length - this.page);
    this.#to = Infinity;
    this.#focus = undefined;
    this.#draw();
    return Promise.resolve();
  }

  close(): void {
    this.#stop();
  }

  #draw(): void {
    const all = this.all.get();
    this.state.set({
      isLoaded: true,
      items: all.slice(this.#from, this.#to),
      earlier: this.#from === 0 ? "end" : "more",
      later: this.#to >= all.length ? "end" : "more",
      ...(all.length > 5 ? { readUpTo: eventIDOf(all[all.length - 5]) } : {}),
      ...(this.#focus === undefined ? {} : { focus: this.#focus }),
    });
  }
}

function eventIDOf(item: TimelineItem | undefined): EventID {
  return item?.kind === "event" ? item.eventID ?? "" : "";
}
