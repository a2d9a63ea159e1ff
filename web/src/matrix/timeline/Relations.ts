import { asObject, field, type JsonObject, stringIn } from "../api/json.ts";
import type { EventID, Reaction, UserID } from "../contract.ts";
import type { EditRecord } from "../storage/records.ts";
import type { Naming } from "./eventContent.ts";
import type { Event } from "./parseEvent.ts";

/** A longer key is no emoji, and is not shown. */
const maxKeyLength = 64;
const maxPeople = 10;
const maxReactions = 50;

/** The edits of events and the reactions to them, by the event they are about. */
export class Relations {
  readonly #byTarget = new Map<EventID, Map<EventID, Event>>();

  add(event: Event): void {
    const { relatesTo: target, relType } = event;
    if (target === undefined || event.redaction !== undefined) return;
    if (relType !== "m.replace" && relType !== "m.annotation") return;
    const related = this.#byTarget.get(target) ?? new Map();
    this.#byTarget.set(target, related.set(event.id, event));
  }

  /** Those that may say more once they can be read. */
  unread(): readonly Event[] {
    return [...this.#byTarget.values()].flatMap((related) => [...related.values()])
      .filter(({ type }) => type === "m.room.encrypted");
  }

  /** Takes back what this event said of another, after a redaction. */
  remove(eventID: EventID): void {
    for (const related of this.#byTarget.values()) related.delete(eventID);
  }

  clear(): void {
    this.#byTarget.clear();
  }

  /**
   * The newest valid edit of an event.
   *
   * - Spec: Validity of replacement events
   */
  editOf(event: Event, without: ReadonlySet<EventID> = new Set()): EditRecord | undefined {
    if (event.redaction !== undefined || event.stateKey !== undefined) return undefined;
    let newest = event.bundledEdit !== undefined && !without.has(event.bundledEdit.id)
      ? event.bundledEdit
      : undefined;
    for (const edit of this.#byTarget.get(event.id)?.values() ?? []) {
      const content = newContentOf(edit);
      if (edit.relType !== "m.replace" || content === undefined || without.has(edit.id)) continue;
      if (edit.sender !== event.sender || edit.type !== event.type) continue;
      if (event.relType === "m.replace") continue;
      const isNewer = newest === undefined || edit.ts > newest.ts ||
        (edit.ts === newest.ts && edit.id > newest.id);
      if (isNewer) newest = { id: edit.id, ts: edit.ts, content };
    }
    return newest;
  }

  /** - Spec: Event annotations and reactions: of the same person and key, one counts. */
  reactionsTo(
    target: EventID,
    self: UserID,
    naming: Naming,
    without: ReadonlySet<EventID> = new Set(),
  ): readonly Reaction[] {
    const people = new Map<string, UserID[]>();
    for (const event of this.#byTarget.get(target)?.values() ?? []) {
      const key = reactionKey(event);
      if (key === undefined || without.has(event.id)) continue;
      const others = people.get(key) ?? [];
      if (!others.includes(event.sender)) people.set(key, [...others, event.sender]);
    }
    return [...people].map(([key, users]): Reaction => ({
      key,
      count: users.length,
      isOwn: users.includes(self),
      people: users.slice(0, maxPeople).map(naming),
    })).sort((a, b) => b.count - a.count).slice(0, maxReactions);
  }

  /** All those who reacted, whose names will be asked for. */
  people(): Set<UserID> {
    const people = new Set<UserID>();
    for (const related of this.#byTarget.values()) {
      let shown = 0;
      for (const event of related.values()) if (shown++ < 100) people.add(event.sender);
    }
    return people;
  }

  /** The reaction of this person with this key, if any. */
  reactionBy(target: EventID, userID: UserID, key: string): Event | undefined {
    return [...this.#byTarget.get(target)?.values() ?? []]
      .find((event) => event.sender === userID && reactionKey(event) === key);
  }
}

export function reactionKey(event: Event): string | undefined {
  if (event.type !== "m.reaction" || event.relType !== "m.annotation") return undefined;
  const key = stringIn(field(event.content, "m.relates_to"), "key")?.trim();
  return key === undefined || key === "" || key.length > maxKeyLength ? undefined : key;
}

function newContentOf(edit: Event): JsonObject | undefined {
  return asObject(field(edit.content, "m.new_content"));
}
