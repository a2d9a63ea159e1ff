import { asEventID, asUserID } from "../api/identifiers.ts";
import { asObject, field, integerIn, objectIn, optional, stringIn } from "../api/json.ts";
import type { RoomID, UnreadableReason } from "../contract.ts";
import type { EditRecord, EventRecord } from "../storage/records.ts";

/** An event that has no place in the timeline yet. */
export type Event = Omit<EventRecord, "chunk" | "index"> & {
  /** Of an encrypted one in its plain form, which is never stored: how it came. */
  readonly sealed?: Sealed;
};

export type Sealed = Pick<EventRecord, "content" | "bundledEdit"> & {
  /** Why it cannot be read. Absent: it can. */
  readonly why?: UnreadableReason;
  /** Nothing more would become readable with more keys. */
  readonly isWhole: boolean;
};

const maxTypeLength = 255;

/**
 * An event as the server gave it, checked.
 *
 * Undefined when it lacks what every event has: then it cannot be named or shown at all.
 *
 * - Spec: ClientEvent; Forming relationships between events; Event replacements
 */
export function parseEvent(raw: unknown, roomID: RoomID): Event | undefined {
  const id = asEventID(field(raw, "event_id"));
  const sender = asUserID(field(raw, "sender"));
  const type = stringIn(raw, "type");
  if (id === undefined || sender === undefined) return undefined;
  if (type === undefined || type === "" || type.length > maxTypeLength) return undefined;

  const content = objectIn(raw, "content");
  const unsigned = objectIn(raw, "unsigned");
  const because = objectIn(unsigned, "redacted_because");
  const relation = objectIn(content, "m.relates_to");
  const target = asEventID(field(relation, "event_id"));
  const relType = stringIn(relation, "rel_type");
  const stateKey = stringIn(raw, "state_key");
  return {
    roomID,
    id,
    type,
    sender,
    ts: Math.max(0, integerIn(raw, "origin_server_ts") ?? 0),
    content: content ?? {},
    ...(content === undefined ? { isMalformed: true as const } : {}),
    ...optional("stateKey", stateKey),
    ...optional("prevContent", objectIn(unsigned, "prev_content")),
    ...optional("redaction", because && redactionOf(because)),
    // A state event never relates to another.
    ...(target !== undefined && relType !== undefined && stateKey === undefined
      ? { relatesTo: target, relType: relType.slice(0, maxTypeLength) }
      : {}),
    ...optional("txnID", stringIn(unsigned, "transaction_id")),
    ...optional("bundledEdit", parseBundledEdit(unsigned, sender, type)),
  };
}

/** What to keep of an `m.room.redaction` on the event that it redacts. */
export function redactionOf(raw: unknown): NonNullable<EventRecord["redaction"]> {
  const by = asUserID(field(raw, "sender")) ?? "";
  const reason = stringIn(field(raw, "content"), "reason");
  return { by, ...optional("reason", reason?.slice(0, 1_000)) };
}

/** The event that an `m.room.redaction` takes away: in its content since v11, beside it before. */
export function redactedBy(raw: unknown): string | undefined {
  return asEventID(field(field(raw, "content"), "redacts")) ?? asEventID(field(raw, "redacts"));
}

/**
 * The event once it has been redacted; only what a membership event must keep stays. That it was an
 * edit or a reaction is remembered: it was never shown by itself, and is not now.
 */
export function redacted<E extends Event>(
  event: E,
  redaction: NonNullable<EventRecord["redaction"]>,
): E {
  const { bundledEdit: _, prevContent: __, sealed: ___, ...rest } = event;
  const membership = stringIn(event.content, "membership");
  const content = event.type === "m.room.member" && membership !== undefined ? { membership } : {};
  return { ...rest, content, redaction } as unknown as E;
}

/** Valid only from the same sender, with the same type, and with a new content. */
function parseBundledEdit(
  unsigned: unknown,
  sender: string,
  type: string,
): EditRecord | undefined {
  const edit = objectIn(field(unsigned, "m.relations"), "m.replace");
  const id = asEventID(field(edit, "event_id"));
  const given = objectIn(edit, "content");
  // What is encrypted tells its new content later.
  const content = type === "m.room.encrypted" ? given : asObject(field(given, "m.new_content"));
  const isOurs = stringIn(edit, "sender") === sender && stringIn(edit, "type") === type;
  if (id === undefined || content === undefined || !isOurs) return undefined;
  return { id, ts: integerIn(edit, "origin_server_ts") ?? 0, content };
}
