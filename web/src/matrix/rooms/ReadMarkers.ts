import type { Clock } from "../../platform/Clock.ts";
import { Backoff } from "../api/Backoff.ts";
import { type Homeserver, isPassing, path } from "../api/Homeserver.ts";
import { type EventID, Failure, type RoomID } from "../contract.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { RoomRecord } from "../storage/records.ts";

/** More often than this nobody needs to know how far one has read. */
const restMS = 500;

/**
 * Says how far one has read: a receipt that others see, or not, and the marker of one's own.
 *
 * - Spec: Receipts; Fully read markers
 */
export class ReadMarkers {
  /** What is to be said in each room; the newest only. */
  readonly #wanted = new Map<RoomID, EventID>();
  readonly #running = new Set<RoomID>();
  /** What the server has been told last. */
  readonly #said = new Map<RoomID, EventID>();

  constructor(
    private readonly database: AccountDatabase,
    private readonly server: Homeserver,
    private readonly clock: Clock,
    private readonly isPublic: () => boolean,
    private readonly stored: (room: RoomRecord) => void,
  ) {}

  /** Marks an event, and all before it, as read. Going back does nothing. */
  async mark(roomID: RoomID, eventID: EventID): Promise<void> {
    if (this.#wanted.get(roomID) === eventID || this.#said.get(roomID) === eventID) return;
    const room = await this.database.write(["rooms", "events"], async (tx) => {
      const room = await tx.get("rooms", roomID);
      if (room === undefined) return undefined;
      // With a count left over, it is said again: the server may not have heard it.
      if (room.ownReceipt === eventID && room.unreadCount === 0) return undefined;
      const event = await tx.getBy("events", "byID", [roomID, eventID]);
      const before = room.ownReceipt === undefined
        ? undefined
        : await tx.getBy("events", "byID", [roomID, room.ownReceipt]);
      if (event !== undefined && before !== undefined && isAfter(before, event)) return undefined;
      const live = room.chunks.at(-1);
      const isLast = event !== undefined && event.chunk === live?.number &&
        event.index === live.end - 1;
      // The counts are the server's, but for this: what is read to its end has nothing unread.
      const read: RoomRecord = {
        ...room,
        ownReceipt: eventID,
        fullyRead: eventID,
        ...(isLast ? { unreadCount: 0, highlightCount: 0 } : {}),
      };
      tx.put("rooms", read);
      return read;
    });
    if (room === undefined) return;
    this.stored(room);
    this.#wanted.set(roomID, eventID);
    if (!this.#running.has(roomID)) void this.#run(roomID);
  }

  async #run(roomID: RoomID): Promise<void> {
    this.#running.add(roomID);
    const backoff = new Backoff();
    for (;;) {
      const eventID = this.#wanted.get(roomID);
      if (eventID === undefined) break;
      try {
        await this.server.post(path`/v3/rooms/${roomID}/read_markers`, {
          "m.fully_read": eventID,
          [this.isPublic() ? "m.read" : "m.read.private"]: eventID,
        });
        this.#said.set(roomID, eventID);
        if (this.#wanted.get(roomID) === eventID) this.#wanted.delete(roomID);
        await this.clock.sleep(restMS);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (!isPassing(error)) {
          if (this.#wanted.get(roomID) === eventID) this.#wanted.delete(roomID);
        } else {
          const wait = backoff.fail(this.clock.random());
          await this.clock.sleep(Math.max(wait, error.details.retryAfterMS ?? 0));
        }
      }
    }
    this.#running.delete(roomID);
  }
}

type Place = { readonly chunk: number; readonly index: number };

function isAfter(event: Place, other: Place): boolean {
  return event.chunk > other.chunk || (event.chunk === other.chunk && event.index > other.index);
}
