import { reuseList } from "../../platform/equal.ts";
import type { EventID, RoomID, Timeline, TimelineItem, TimelineState } from "../contract.ts";
import { patchedTimeline, type TimelinePatch } from "../engine/feeds.ts";
import type { EngineLink } from "./EngineLink.ts";
import { FeedStore } from "./FeedStore.ts";

/** A window of the engine's, seen from a tab. After a takeover it is opened again at the same place. */
export class RemoteTimeline implements Timeline {
  readonly state: FeedStore<TimelineState>;
  #wasOpened = false;

  constructor(
    private readonly link: EngineLink,
    private readonly name: string,
    roomID: RoomID,
    private readonly at: EventID | undefined,
    onChange: (old: readonly TimelineItem[], next: readonly TimelineItem[]) => void,
  ) {
    this.state = new FeedStore<TimelineState>(link, `timeline ${name}`, notLoaded, {
      patched: (old, patch) => {
        const next = patchedTimeline(old, patch as TimelinePatch);
        onChange(old.items, next.items);
        return next;
      },
      merged: (old, next) => ({ ...next, items: reuseList(old.items, next.items, keyOf) }),
      // While a new engine reads, what the old one had read stays.
      isShown: (next) => next.isLoaded || !this.state.get().isLoaded,
      prepare: () => link.tell("openTimeline", name, roomID, this.#anchor()),
    });
  }

  loadEarlier(): Promise<void> {
    return this.link.call("loadEarlier", this.name);
  }

  loadLater(): Promise<void> {
    return this.link.call("loadLater", this.name);
  }

  fillGap(key: string): Promise<void> {
    return this.link.call("fillGap", this.name, key);
  }

  jumpTo(eventID: EventID): Promise<void> {
    return this.link.call("jumpTo", this.name, eventID);
  }

  jumpToLive(): Promise<void> {
    return this.link.call("jumpToLive", this.name);
  }

  close(): void {
    this.link.tell("closeTimeline", this.name);
  }

  /** Where to open it: where it is, when it was open already. */
  #anchor(): EventID | undefined {
    const { items, later, isLoaded, focus } = this.state.get();
    if (!this.#wasOpened && !isLoaded) {
      this.#wasOpened = true;
      return this.at;
    }
    if (later === "end") return undefined;
    const middle = items[Math.floor(items.length / 2)];
    return focus ?? (middle?.kind === "event" ? middle.eventID : undefined) ?? this.at;
  }
}

const notLoaded: TimelineState = {
  isLoaded: false,
  items: [],
  earlier: "loading",
  later: "loading",
};

function keyOf(item: TimelineItem): string {
  return item.key;
}
