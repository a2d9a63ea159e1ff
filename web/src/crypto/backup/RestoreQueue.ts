import type { RoomID } from "../../matrix/contract.ts";

/** What to fetch from the backup next. */
export type RestoreStep =
  | { readonly fetch: "session"; readonly roomID: RoomID; readonly sessionID: string }
  | { readonly fetch: "room"; readonly roomID: RoomID };

export type RestoreProgress = { readonly roomsDone: number; readonly roomsKnown: number };

/** A session that the backup does not have (yet) is asked for again after so long. In milliseconds. */
const retryAfterMS = 60_000;
/** More messages than this that cannot be read are not looked up one by one. */
const maxSessionsWaiting = 500;

/**
 * The order in which a backup is read after signing in: first what somebody is looking at, message
 * by message, then the rooms, the one that was opened last first. A machine without clock or
 * network: whoever drives it fetches one step, then says how it went.
 */
export class RestoreQueue {
  readonly #rooms: RoomID[] = [];
  readonly #known = new Set<RoomID>();
  readonly #done = new Set<RoomID>();
  readonly #sessions = new Map<string, { roomID: RoomID; sessionID: string }>();
  /** When each session was last looked for in vain. */
  readonly #missed = new Map<string, number>();

  /** Rooms whose sessions are to be restored in the end; those already known keep their place. */
  addRooms(rooms: readonly RoomID[]): void {
    for (const roomID of rooms) {
      if (this.#known.has(roomID)) continue;
      this.#known.add(roomID);
      this.#rooms.push(roomID);
    }
  }

  /** Somebody looks at this room: it comes next. */
  lookAt(roomID: RoomID): void {
    const at = this.#rooms.indexOf(roomID);
    if (at > 0) this.#rooms.unshift(...this.#rooms.splice(at, 1));
  }

  /**
   * A message of this session cannot be read. It is looked for once, and again a minute later
   * when it is still wanted.
   *
   * - Parameter now: In milliseconds.
   */
  want(roomID: RoomID, sessionID: string, now: number): void {
    const key = `${roomID} ${sessionID}`;
    const missedAt = this.#missed.get(key);
    if (missedAt !== undefined && now < missedAt + retryAfterMS) return;
    if (this.#sessions.size >= maxSessionsWaiting) return;
    this.#missed.delete(key);
    this.#sessions.set(key, { roomID, sessionID });
  }

  /** The next step; the same until it is said how that went. Undefined: there is nothing to do. */
  get next(): RestoreStep | undefined {
    for (const session of this.#sessions.values()) return { fetch: "session", ...session };
    const roomID = this.#rooms[0];
    return roomID === undefined ? undefined : { fetch: "room", roomID };
  }

  get progress(): RestoreProgress {
    return { roomsDone: this.#done.size, roomsKnown: this.#known.size };
  }

  /** The step is done and stored; `isFound` says whether a session was there. */
  finish(step: RestoreStep, isFound: boolean, now: number): void {
    if (step.fetch === "room") {
      const at = this.#rooms.indexOf(step.roomID);
      if (at >= 0) this.#rooms.splice(at, 1);
      if (this.#known.has(step.roomID)) this.#done.add(step.roomID);
      return;
    }
    const key = `${step.roomID} ${step.sessionID}`;
    this.#sessions.delete(key);
    if (!isFound) this.#miss(key, now);
  }

  #miss(key: string, now: number): void {
    for (const [old, at] of this.#missed) {
      if (now >= at + retryAfterMS) this.#missed.delete(old);
    }
    this.#missed.set(key, now);
  }
}
