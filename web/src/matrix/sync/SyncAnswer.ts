import { readCryptoSync } from "../../crypto/readSync.ts";
import { asRoomID, asUserID } from "../api/identifiers.ts";
import {
  arrayIn,
  entriesIn,
  field,
  integerIn,
  objectIn,
  stringIn,
  stringsIn,
} from "../api/json.ts";
import type { EventID, RoomID, Timestamp, UserID } from "../contract.ts";
import type { StateEvent } from "../rooms/facts.ts";
import type { AccountDataRecord } from "../storage/records.ts";
import { type Event, parseEvent, redactedBy, redactionOf } from "../timeline/parseEvent.ts";

/**
 * An answer of `/sync`, checked: whatever could not be understood is left out.
 *
 * - Spec: GET /_matrix/client/v3/sync
 */
export type SyncAnswer = {
  readonly nextBatch: string;
  readonly accountData: readonly AccountDataRecord[];
  readonly joined: readonly JoinedPart[];
  readonly left: readonly JoinedPart[];
  readonly invited: readonly StrippedPart[];
  readonly knocked: readonly StrippedPart[];
  /** What concerns the keys of devices. */
  readonly keys: ReturnType<typeof readCryptoSync>;
};

export type JoinedPart = {
  readonly roomID: RoomID;
  /** Before the timeline, unless `isStateAfter`: then after it. */
  readonly state: readonly (StateEvent & Event)[];
  readonly isStateAfter: boolean;
  readonly timeline: readonly Event[];
  readonly redactions: readonly Redaction[];
  /** Events are missing between what came before and this timeline. */
  readonly isLimited: boolean;
  readonly prevBatch?: string;
  readonly heroes?: readonly UserID[];
  readonly joinedCount?: number;
  readonly invitedCount?: number;
  readonly unreadCount?: number;
  readonly highlightCount?: number;
  readonly accountData: readonly AccountDataRecord[];
  /** Absent: unchanged. */
  readonly typing?: readonly UserID[];
  readonly receipts: readonly Receipt[];
};

export type StrippedPart = {
  readonly roomID: RoomID;
  readonly state: readonly StateEvent[];
};

export type Redaction = {
  readonly target: EventID;
  readonly redaction: { readonly by: UserID; readonly reason?: string };
};

export type Receipt = {
  readonly userID: UserID;
  readonly eventID: EventID;
  readonly ts: Timestamp;
  readonly isPrivate: boolean;
};

/** Undefined when it has no `next_batch`: then it is no answer at all. */
export function parseSync(raw: unknown): SyncAnswer | undefined {
  const nextBatch = stringIn(raw, "next_batch");
  if (nextBatch === undefined) return undefined;
  const rooms = field(raw, "rooms");
  return {
    nextBatch,
    accountData: accountData(raw),
    joined: parts(rooms, "join", joinedPart),
    left: parts(rooms, "leave", joinedPart),
    invited: parts(rooms, "invite", (id, part) => strippedPart(id, part, "invite_state")),
    knocked: parts(rooms, "knock", (id, part) => strippedPart(id, part, "knock_state")),
    keys: readCryptoSync(raw),
  };
}

function parts<T>(rooms: unknown, key: string, parse: (id: RoomID, part: unknown) => T): T[] {
  return entriesIn(rooms, key).flatMap(([key, part]) => {
    const id = asRoomID(key);
    return id === undefined ? [] : [parse(id, part)];
  });
}

function joinedPart(roomID: RoomID, part: unknown): JoinedPart {
  const timeline = field(part, "timeline");
  const summary = field(part, "summary");
  const unread = field(part, "unread_notifications");
  const after = objectIn(part, "state_after");
  const rawTimeline = arrayIn(timeline, "events");
  const ephemeral = arrayIn(field(part, "ephemeral"), "events");
  const typing = ephemeral.findLast((event) => stringIn(event, "type") === "m.typing");
  const heroes = arrayIn(summary, "m.heroes");
  return {
    roomID,
    state: events(arrayIn(after ?? field(part, "state"), "events"), roomID).filter(isState),
    isStateAfter: after !== undefined,
    timeline: events(rawTimeline, roomID),
    redactions: redactionsIn(rawTimeline),
    isLimited: field(timeline, "limited") === true,
    ...text("prevBatch", stringIn(timeline, "prev_batch")),
    ...(heroes.length === 0 ? {} : { heroes: heroes.flatMap((id) => asUserID(id) ?? []) }),
    ...count("joinedCount", integerIn(summary, "m.joined_member_count")),
    ...count("invitedCount", integerIn(summary, "m.invited_member_count")),
    ...count("unreadCount", integerIn(unread, "notification_count")),
    ...count("highlightCount", integerIn(unread, "highlight_count")),
    accountData: accountData(part),
    ...(typing === undefined ? {} : {
      typing: stringsIn(field(typing, "content"), "user_ids").flatMap((id) => asUserID(id) ?? []),
    }),
    receipts: ephemeral.filter((event) => stringIn(event, "type") === "m.receipt")
      .flatMap(receiptsIn),
  };
}

function strippedPart(roomID: RoomID, part: unknown, key: string): StrippedPart {
  return {
    roomID,
    state: arrayIn(field(part, key), "events").flatMap((raw) => stripped(raw) ?? []),
  };
}

/** - Spec: Stripped state: without an ID and a time. */
function stripped(raw: unknown): StateEvent | undefined {
  const type = stringIn(raw, "type");
  const stateKey = stringIn(raw, "state_key");
  const sender = asUserID(field(raw, "sender"));
  const content = objectIn(raw, "content");
  if (type === undefined || stateKey === undefined || sender === undefined) return undefined;
  return content === undefined ? undefined : { type, stateKey, sender, content };
}

export function events(raw: readonly unknown[], roomID: RoomID): Event[] {
  return raw.flatMap((event) => parseEvent(event, roomID) ?? []);
}

export function isState(event: Event): event is Event & StateEvent {
  return event.stateKey !== undefined;
}

/** The redactions among these events, in their order. One never takes away itself. */
export function redactionsIn(raw: readonly unknown[]): Redaction[] {
  return raw.flatMap((event) => {
    if (stringIn(event, "type") !== "m.room.redaction") return [];
    // A redaction that is itself redacted takes nothing away any more.
    if (field(field(event, "unsigned"), "redacted_because") !== undefined) return [];
    const target = redactedBy(event);
    if (target === undefined || target === stringIn(event, "event_id")) return [];
    return [{ target, redaction: redactionOf(event) }];
  });
}

function accountData(part: unknown): AccountDataRecord[] {
  return arrayIn(field(part, "account_data"), "events").flatMap((event) => {
    const type = stringIn(event, "type");
    const content = objectIn(event, "content");
    return type === undefined || content === undefined ? [] : [{ type, content }];
  });
}

/** - Spec: m.receipt. Those of threads other than the main one are left out. */
function receiptsIn(event: unknown): Receipt[] {
  return entriesIn(event, "content").flatMap(([eventID, byType]) =>
    (["m.read", "m.read.private"] as const).flatMap((type) =>
      entriesIn(byType, type).flatMap(([userID, about]) => {
        const thread = stringIn(about, "thread_id");
        if (asUserID(userID) === undefined || !eventID.startsWith("$")) return [];
        if (thread !== undefined && thread !== "main") return [];
        const ts = integerIn(about, "ts") ?? 0;
        return [{ userID, eventID, ts, isPrivate: type === "m.read.private" }];
      })
    )
  );
}

function count<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined || value < 0 ? {} : { [key]: value } as { [P in K]?: number };
}

function text<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: string };
}
