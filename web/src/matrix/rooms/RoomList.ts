import { Cell } from "../../platform/Cell.ts";
import { isEqual, reuse } from "../../platform/equal.ts";
import { type JsonObject, optional } from "../api/json.ts";
import type {
  EventID,
  Person,
  Preview,
  RoomDetails,
  RoomID,
  RoomSections,
  RoomSummary,
  RoomTotals,
  UserID,
} from "../contract.ts";
import type { RoomRecord } from "../storage/records.ts";
import { eventContent } from "../timeline/eventContent.ts";
import type { Event } from "../timeline/parseEvent.ts";
import { powerLevels } from "./power.ts";
import { roomLevel } from "./pushRules.ts";
import { face, roomName } from "./roomName.ts";

/** A preview is a line: more of a message than this is not needed for it. */
const maxPreviewLength = 200;

/** All rooms as they are stored, and what the list of rooms shows of them. */
export class RoomList {
  readonly sections = new Cell<RoomSections>(noSections);
  readonly totals = new Cell<RoomTotals>({ unreadRooms: 0, highlights: 0, invites: 0 });
  readonly #records = new Map<RoomID, RoomRecord>();
  readonly #summaries = new Map<RoomID, RoomSummary>();
  readonly #typing = new Map<RoomID, readonly Person[]>();
  readonly #listeners = new Set<(changed: readonly RoomID[]) => void>();
  #direct: ReadonlyMap<RoomID, UserID> = new Map();
  #rules: JsonObject | undefined;
  /** What the previews say that are encrypted, by their events. */
  readonly #plain = new Map<EventID, Event>();

  constructor(private readonly self: UserID) {}

  get summaries(): ReadonlyMap<RoomID, RoomSummary> {
    return this.#summaries;
  }

  record(id: RoomID): RoomRecord | undefined {
    return this.#records.get(id);
  }

  get records(): Iterable<RoomRecord> {
    return this.#records.values();
  }

  directWith(userID: UserID): readonly RoomID[] {
    return [...this.#direct].filter(([, other]) => other === userID).map(([id]) => id);
  }

  /** Calls `listener` with the rooms whose summaries have changed, or are no more. */
  subscribe(listener: (changed: readonly RoomID[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** - Parameter plain: What those of their previews say that are encrypted. */
  set(records: Iterable<RoomRecord>, plain: Iterable<Event> = []): void {
    for (const event of plain) this.#plain.set(event.id, event);
    const changed: RoomID[] = [];
    for (const record of records) {
      this.#records.set(record.id, record);
      changed.push(record.id);
    }
    this.#refresh(changed);
    if (this.#plain.size <= 2 * this.#records.size) return;
    const shown = new Set([...this.#records.values()].map(({ preview }) => preview?.id));
    for (const id of this.#plain.keys()) if (!shown.has(id)) this.#plain.delete(id);
  }

  remove(id: RoomID): void {
    this.#records.delete(id);
    this.#typing.delete(id);
    this.#refresh([id]);
  }

  setTyping(id: RoomID, people: readonly Person[]): void {
    if (people.length === 0) this.#typing.delete(id);
    else this.#typing.set(id, people);
    this.#refresh([id]);
  }

  clearTyping(): void {
    const ids = [...this.#typing.keys()];
    this.#typing.clear();
    this.#refresh(ids);
  }

  setDirect(direct: ReadonlyMap<RoomID, UserID>): void {
    this.#direct = direct;
    this.#refresh(this.#records.keys());
  }

  setRules(rules: JsonObject | undefined): void {
    this.#rules = rules;
    this.#refresh(this.#records.keys());
  }

  details(id: RoomID): RoomDetails | undefined {
    const record = this.#records.get(id);
    return record && roomDetails(record);
  }

  #refresh(ids: Iterable<RoomID>): void {
    const changed: RoomID[] = [];
    for (const id of ids) {
      const old = this.#summaries.get(id);
      const record = this.#records.get(id);
      if (record === undefined) {
        if (this.#summaries.delete(id)) changed.push(id);
        continue;
      }
      const next = this.#summarize(record);
      if (old !== undefined && isEqual(old, next)) continue;
      this.#summaries.set(id, next);
      changed.push(id);
    }
    if (changed.length === 0) return;
    for (const listener of [...this.#listeners]) listener(changed);
    this.sections.set(reuse(this.sections.get(), this.#sorted()));
    this.totals.set(reuse(this.totals.get(), this.#counted()));
  }

  #summarize(room: RoomRecord): RoomSummary {
    const { facts, invitation } = room;
    const directUserID = this.#direct.get(room.id) ??
      (invitation?.isDirect === true ? invitation.by : undefined);
    const other = directUserID === undefined ? undefined : face(room, directUserID);
    return {
      id: room.id,
      name: roomName(room, this.self),
      ...optional("avatar", facts.avatar ?? other?.avatar),
      ...optional("topic", facts.topic),
      kind: facts.isSpace ? "space" : "room",
      membership: room.membership,
      isDirect: directUserID !== undefined,
      ...optional("directUserID", directUserID),
      isEncrypted: facts.isEncrypted,
      isPublic: facts.joinRule === "public",
      joinedCount: room.joinedCount,
      isFavourite: room.isFavourite,
      isLowPriority: room.isLowPriority,
      notifications: roomLevel(this.#rules, room.id),
      unreadCount: room.unreadCount,
      highlightCount: room.highlightCount,
      isMarkedUnread: room.isMarkedUnread,
      typing: this.#typing.get(room.id) ?? [],
      ...optional("preview", this.#preview(room)),
      lastActivityTS: room.activityTS,
      ...optional(
        "invitation",
        invitation && {
          by: face(room, invitation.by),
          ...optional("reason", invitation.reason),
        },
      ),
      ...optional("replacedBy", facts.replacedBy),
    };
  }

  #preview(room: RoomRecord): Preview | undefined {
    if (room.preview === undefined) return undefined;
    const plain = this.#plain.get(room.preview.id);
    const event = room.preview.redaction === undefined ? plain ?? room.preview : room.preview;
    const content = eventContent(event, (id) => face(room, id), event.bundledEdit?.content);
    if (content === undefined) return undefined;
    return {
      sender: face(room, event.sender),
      isOwn: event.sender === this.self,
      content: content.kind === "text" ? shortened(content) : content,
      ts: event.ts,
    };
  }

  #sorted(): RoomSections {
    const sections: { [Name in keyof RoomSections]: RoomSummary[] } = {
      invites: [],
      favourites: [],
      direct: [],
      rooms: [],
      lowPriority: [],
      knocks: [],
      spaces: [],
    };
    for (const room of this.#summaries.values()) {
      if (room.membership === "invite") sections.invites.push(room);
      else if (room.membership === "knock") sections.knocks.push(room);
      else if (room.membership !== "join") continue;
      else if (room.kind === "space") sections.spaces.push(room);
      else if (room.isFavourite) sections.favourites.push(room);
      else if (room.isLowPriority) sections.lowPriority.push(room);
      else if (room.isDirect) sections.direct.push(room);
      else sections.rooms.push(room);
    }
    const ids = (rooms: RoomSummary[]) => rooms.sort(newestFirst).map(({ id }) => id);
    return {
      invites: ids(sections.invites),
      favourites: ids(sections.favourites),
      direct: ids(sections.direct),
      rooms: ids(sections.rooms),
      lowPriority: ids(sections.lowPriority),
      knocks: ids(sections.knocks),
      spaces: ids(sections.spaces),
    };
  }

  #counted(): RoomTotals {
    let [unreadRooms, highlights, invites] = [0, 0, 0];
    for (const room of this.#summaries.values()) {
      if (room.membership === "invite") invites += 1;
      if (room.membership !== "join" || room.notifications === "mute") continue;
      if (room.unreadCount > 0 || room.isMarkedUnread) unreadRooms += 1;
      highlights += room.highlightCount;
    }
    return { unreadRooms, highlights, invites };
  }
}

const noSections: RoomSections = {
  invites: [],
  favourites: [],
  direct: [],
  rooms: [],
  lowPriority: [],
  knocks: [],
  spaces: [],
};

function newestFirst(a: RoomSummary, b: RoomSummary): number {
  return b.lastActivityTS - a.lastActivityTS || (a.id < b.id ? -1 : 1);
}

/** The beginning of a text; its HTML is not needed for a line. */
function shortened(content: Preview["content"] & { kind: "text" }): Preview["content"] {
  const { html: _, ...rest } = content;
  return { ...rest, body: rest.body.slice(0, maxPreviewLength) };
}

function roomDetails(room: RoomRecord): RoomDetails {
  const { facts } = room;
  return {
    id: room.id,
    name: facts.name ?? "",
    topic: facts.topic ?? "",
    ...optional("avatar", facts.avatar),
    ...optional("alias", facts.alias),
    version: facts.version,
    creators: facts.creators,
    joinRule: facts.joinRule,
    historyVisibility: facts.historyVisibility,
    isEncrypted: facts.isEncrypted,
    joinedCount: room.joinedCount,
    invitedCount: room.invitedCount,
    power: powerLevels(facts),
  };
}
