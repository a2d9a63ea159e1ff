import { type EventID, Failure, type RoomID } from "../contract.ts";
import type { Members } from "../rooms/Members.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { RoomChange } from "../sync/applySync.ts";
import type { History } from "../timeline/History.ts";
import { TimelineWindow, type WindowRoom } from "../timeline/TimelineWindow.ts";

/** More windows than this are not for people to look at. */
const maxWindows = 100;

/** The windows that tabs have open, by the names that the tabs gave them. */
export class Timelines {
  readonly #windows = new Map<string, { roomID: RoomID; window: TimelineWindow }>();

  constructor(
    private readonly database: AccountDatabase,
    private readonly history: History,
    private readonly members: Members,
    private readonly room: (id: RoomID) => WindowRoom,
  ) {}

  /** Opens a window; again, it moves it. */
  async open(name: string, roomID: RoomID, at: EventID | undefined): Promise<void> {
    const known = this.#windows.get(name);
    if (known !== undefined) return;
    if (this.#windows.size >= maxWindows) throw new Failure("INTERNAL", "Too many timelines.");
    const { database, history, members } = this;
    const window = new TimelineWindow(this.room(roomID), database, history, members);
    this.#windows.set(name, { roomID, window });
    await window.open(at);
  }

  close(name: string): void {
    this.#windows.get(name)?.window.close();
    this.#windows.delete(name);
  }

  closeAll(prefix: string): void {
    for (const name of [...this.#windows.keys()]) if (name.startsWith(prefix)) this.close(name);
  }

  find(name: string): TimelineWindow | undefined {
    return this.#windows.get(name)?.window;
  }

  /** - Throws: `NOT_FOUND` when no such window is open. */
  get(name: string): TimelineWindow {
    const window = this.find(name);
    if (window === undefined) throw new Failure("NOT_FOUND", "This timeline is not open.");
    return window;
  }

  changed(change: RoomChange): void {
    for (const window of this.of(change.room.id)) window.changed(change);
  }

  reread(roomID: RoomID): void {
    for (const window of this.of(roomID)) window.reread();
  }

  rereadAll(): void {
    for (const { window } of this.#windows.values()) window.reread();
  }

  redraw(roomID: RoomID): void {
    for (const window of this.of(roomID)) window.redraw();
  }

  /** Everything stored has gone: all windows go to the live end. */
  reopenAll(): void {
    for (const { window } of this.#windows.values()) void window.open();
  }

  redrawAll(): void {
    for (const { window } of this.#windows.values()) window.redraw();
  }

  *of(roomID: RoomID): Iterable<TimelineWindow> {
    for (const entry of this.#windows.values()) if (entry.roomID === roomID) yield entry.window;
  }
}
