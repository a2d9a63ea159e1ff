import { Cell } from "../../platform/Cell.ts";
import {
  Failure,
  type Media,
  type MediaSource,
  type MediaState,
  type Store,
  type ThumbnailSize,
  type TimelineItem,
} from "../contract.ts";
import type { EngineLink } from "./EngineLink.ts";

/** Pictures that nobody looks at are kept up to so many, and so many bytes. */
const maxIdle = 300;
const maxIdleBytes = 64 * 1024 * 1024;

/** One's own files that are remembered, under each of their names. */
const maxOurs = 100;

type Entry = {
  readonly cell: Cell<MediaState>;
  readonly store: Store<MediaState>;
  watchers: number;
  isLoading: boolean;
  bytes: number;
};

/** Object URLs for media, shared by all who show the same, and let go of when too many. */
export class RemoteMedia implements Media {
  readonly #entries = new Map<string, Entry>();
  /** Files of this tab that are being sent, and what became of them. */
  readonly #ours = new Map<string, Blob>();

  constructor(private readonly link: EngineLink) {}

  url(source: MediaSource, size?: ThumbnailSize): Store<MediaState> {
    // One's own file is at hand, whole, under its old name and its new.
    const ours = this.#ours.get(nameOf(source));
    const key = ours === undefined && size !== undefined && source.kind === "mxc"
      ? `${nameOf(source)} ${size.width}x${size.height} ${size.method}`
      : nameOf(source);
    const known = this.#entries.get(key);
    if (known !== undefined) return known.store;
    const cell = new Cell<MediaState>({ state: "loading" });
    const subscribe = (listener: () => void) => {
      const stop = cell.subscribe(listener);
      entry.watchers += 1;
      void this.#load(entry, source, size);
      return () => {
        stop();
        entry.watchers -= 1;
        // To the end of the line of those that may go.
        if (this.#entries.delete(key)) this.#entries.set(key, entry);
        this.#sweep();
      };
    };
    const store: Store<MediaState> = { get: cell.get, subscribe };
    const entry: Entry = { cell, store, watchers: 0, isLoading: false, bytes: 0 };
    this.#entries.set(key, entry);
    return store;
  }

  async blob(source: MediaSource): Promise<Blob> {
    return this.#ours.get(nameOf(source)) ?? await this.link.call("download", source, undefined);
  }

  /** A file that this tab sends: no need to ask the engine for it. */
  keep(key: string, file: Blob): void {
    this.#ours.set(nameOf({ kind: "local", id: key }), file);
    const [oldest] = this.#ours.keys();
    if (this.#ours.size > maxOurs && oldest !== undefined) this.#ours.delete(oldest);
  }

  /** When a file of ours is up, it is shown on from here, not fetched back. */
  follow(old: readonly TimelineItem[], next: readonly TimelineItem[]): void {
    if (this.#ours.size === 0) return;
    const before = new Map(old.map((item) => [item.key, sourceOf(item)]));
    for (const item of next) {
      const [was, is] = [before.get(item.key), sourceOf(item)];
      if (was?.kind !== "local" || is === undefined || is.kind === "local") continue;
      const file = this.#ours.get(nameOf(was));
      if (file === undefined) continue;
      this.#ours.set(nameOf(is), file);
      const shown = this.#entries.get(nameOf(was));
      if (shown !== undefined) this.#entries.set(nameOf(is), shown);
    }
  }

  async #load(entry: Entry, source: MediaSource, size?: ThumbnailSize): Promise<void> {
    if (entry.isLoading || entry.cell.get().state === "ready") return;
    entry.isLoading = true;
    entry.cell.set({ state: "loading" });
    try {
      const ours = this.#ours.get(nameOf(source));
      const blob = drawable(ours ?? await this.link.call("download", source, size));
      entry.bytes = blob.size;
      entry.cell.set({ state: "ready", url: URL.createObjectURL(blob) });
    } catch (error) {
      const code = error instanceof Failure ? error.code : "INTERNAL";
      entry.cell.set({ state: "failed", code });
    } finally {
      entry.isLoading = false;
    }
  }

  /** Lets go of the pictures that were looked at longest ago. */
  #sweep(): void {
    const idle = [...this.#entries].filter(([, entry]) => entry.watchers === 0);
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    let count = idle.length;
    for (const [key, entry] of idle) {
      if (count <= maxIdle && bytes <= maxIdleBytes) return;
      count -= 1;
      bytes -= entry.bytes;
      this.#entries.delete(key);
      const state = entry.cell.get();
      if (state.state !== "ready") continue;
      entry.cell.set({ state: "loading" });
      URL.revokeObjectURL(state.url);
    }
  }
}

function nameOf(source: MediaSource): string {
  switch (source.kind) {
    case "mxc":
      return source.uri;
    case "local":
      return `local:${source.id}`;
    case "encrypted":
      // The same bytes under another key are another file.
      return `${source.mimeType} ${JSON.stringify(source.file)}`;
  }
}

function sourceOf(item: TimelineItem): MediaSource | undefined {
  return item.kind === "event" && "source" in item.content ? item.content.source : undefined;
}

/** What is being sent may be anything too, and would run as a part of this application. */
function drawable(file: Blob): Blob {
  const isDrawn = /^(?:image\/(?!svg)|video\/|audio\/)/.test(file.type);
  return isDrawn ? file : file.slice(0, file.size, "application/octet-stream");
}
