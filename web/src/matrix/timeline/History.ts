import { arrayIn, optional, stringIn } from "../api/json.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import type { EventID, RoomID } from "../contract.ts";
import type { Reading } from "../encryption/EventReader.ts";
import type { Members } from "../rooms/Members.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { AccountTransaction } from "../storage/layout.ts";
import type { Chunk, EventRecord, RoomRecord } from "../storage/records.ts";
import { events, redactionsIn } from "../sync/SyncAnswer.ts";
import { type Event, parseEvent, redacted } from "./parseEvent.ts";

/** Events asked for at once, going back. */
const pageSize = 50;

/** - Spec: Lazy-loading room members */
const filter = JSON.stringify({ lazy_load_members: true });

/** A page of `/messages`, in the order of time. */
export type Page = { readonly events: readonly Event[]; readonly token?: string };

/** What is around an event, in the order of time. */
export type Context = {
  readonly events: readonly Event[];
  readonly start?: string;
  readonly end?: string;
};

/** A room's past, from storage and from the server; what is encrypted, in its plain form. */
export class History {
  constructor(
    private readonly database: AccountDatabase,
    private readonly server: Homeserver,
    private readonly members: Members,
    /** Gives events their plain form. */
    readonly read: Reading,
  ) {}

  /** The events of a chunk from position `from` up to, without, `end`. */
  async stored(
    roomID: RoomID,
    chunk: number,
    from: number,
    end: number,
  ): Promise<readonly EventRecord[]> {
    if (from >= end) return [];
    const range = { lower: [roomID, chunk, from], upper: [roomID, chunk, end - 1] };
    return await this.read(
      await this.database.read(["events"], (tx) => tx.getAll("events", range)),
    );
  }

  async find(roomID: RoomID, eventID: EventID): Promise<EventRecord | undefined> {
    const found = await this.database.read(
      ["events"],
      (tx) => tx.getBy("events", "byID", [roomID, eventID]),
    );
    return found && (await this.read([found]))[0];
  }

  /** All that is stored of what edits, reacts to or answers these events. */
  async related(roomID: RoomID, targets: Iterable<EventID>): Promise<readonly EventRecord[]> {
    const found = await this.database.read(
      ["events"],
      (tx) =>
        Promise.all(Array.from(targets, (target) => {
          const range = { lower: [roomID, target], upper: [roomID, target] };
          return tx.getAll("events", range, { index: "byTarget" });
        })),
    );
    return await this.read(found.flat());
  }

  /** - Throws: `Failure` `M_NOT_FOUND` or `M_FORBIDDEN` when it cannot be seen. */
  async fetch(roomID: RoomID, eventID: EventID): Promise<Event | undefined> {
    const answer = await this.server.get(path`/v3/rooms/${roomID}/event/${eventID}`);
    const event = parseEvent(answer, roomID);
    return event?.id === eventID ? (await this.read([event]))[0] : undefined;
  }

  /** - Spec: GET /_matrix/client/v3/rooms/{roomId}/context/{eventId} */
  async context(roomID: RoomID, eventID: EventID): Promise<Context> {
    const answer = await this.server.ask({
      method: "GET",
      path: path`/v3/rooms/${roomID}/context/${eventID}`,
      query: { limit: pageSize, filter },
    });
    await this.members.addOld(roomID, arrayIn(answer, "state"));
    const raw = [
      ...arrayIn(answer, "events_before").toReversed(),
      answer["event"],
      ...arrayIn(answer, "events_after"),
    ];
    return {
      events: await this.read(distinct(events(raw, roomID))),
      ...optional("start", stringIn(answer, "start")),
      ...optional("end", stringIn(answer, "end")),
    };
  }

  /** - Spec: GET /_matrix/client/v3/rooms/{roomId}/messages */
  async page(roomID: RoomID, direction: "b" | "f", from: string): Promise<Page> {
    const { raw, token } = await this.#messages(roomID, direction, from);
    return {
      events: await this.read(
        distinct(events(direction === "b" ? raw.toReversed() : raw, roomID)),
      ),
      ...optional("token", token),
    };
  }

  /**
   * Fetches what is before a chunk, a page of it, and stores it.
   *
   * Returns the room as stored then. Nothing happens when the chunk has nothing before it any
   * more, or when another call was faster.
   */
  async backfill(roomID: RoomID, number: number): Promise<RoomRecord | undefined> {
    const room = await this.database.read(["rooms"], (tx) => tx.get("rooms", roomID));
    const from = room?.chunks.find((chunk) => chunk.number === number)?.prevToken;
    if (from === undefined) return room;
    const { raw, token } = await this.#messages(roomID, "b", from);
    const found = distinct(events(raw, roomID));

    return await this.database.write(["rooms", "events"], async (tx) => {
      const room = await tx.get("rooms", roomID);
      const chunk = room?.chunks.find((chunk) => chunk.number === number);
      if (room === undefined || chunk?.prevToken !== from) return room;
      const grown = await this.#prepend(tx, chunk, found);
      for (const { target, redaction } of redactionsIn(raw)) {
        const event = await tx.getBy("events", "byID", [roomID, target]);
        if (event !== undefined && event.redaction === undefined) {
          tx.put("events", redacted(event, redaction));
        }
      }
      const { prevToken: _, ...closed } = grown.chunk;
      const isEnd = grown.isJoined || token === undefined || token === from;
      const next: Chunk = isEnd ? closed : { ...closed, prevToken: token };
      const after: RoomRecord = {
        ...room,
        chunks: room.chunks.map((other) => other.number === number ? next : other),
      };
      tx.put("rooms", after);
      return after;
    });
  }

  /** Puts events, newest first, before a chunk; until one is met that an older chunk has. */
  async #prepend(
    tx: AccountTransaction,
    chunk: Chunk,
    found: readonly Event[],
  ): Promise<{ chunk: Chunk; isJoined: boolean }> {
    let first = chunk.first;
    for (const event of found) {
      const stored = await tx.getBy("events", "byID", [event.roomID, event.id]);
      if (stored !== undefined && stored.chunk < chunk.number) {
        return { chunk: { ...chunk, first }, isJoined: true };
      }
      if (stored !== undefined) continue;
      first -= 1;
      tx.put("events", { ...event, chunk: chunk.number, index: first });
    }
    return { chunk: { ...chunk, first }, isJoined: false };
  }

  async #messages(
    roomID: RoomID,
    dir: "b" | "f",
    from: string,
  ): Promise<{ raw: readonly unknown[]; token?: string }> {
    const answer = await this.server.ask({
      method: "GET",
      path: path`/v3/rooms/${roomID}/messages`,
      query: { dir, from, limit: pageSize, filter },
    });
    await this.members.addOld(roomID, arrayIn(answer, "state"));
    return { raw: arrayIn(answer, "chunk"), ...optional("token", stringIn(answer, "end")) };
  }
}

function distinct(events: readonly Event[]): readonly Event[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}
