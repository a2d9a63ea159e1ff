import type { EncryptedEvent, Outcome, Unreadable } from "../../crypto/rooms/RoomDecryption.ts";
import { asObject, field } from "../api/json.ts";
import type { UnreadableReason } from "../contract.ts";
import type { EditRecord } from "../storage/records.ts";
import type { Event } from "../timeline/parseEvent.ts";

const maxTypeLength = 255;

/** Whether this event has something to decrypt. */
export function isEncrypted(event: Event): boolean {
  return event.type === "m.room.encrypted" && event.stateKey === undefined &&
    event.redaction === undefined && event.isMalformed === undefined;
}

export function asEncrypted({ id, roomID, sender, ts, content }: Event): EncryptedEvent {
  return { eventID: id, roomID, sender, ts, content };
}

/** The edit that the server handed out with an event, as an event of its own. */
export function bundledEditOf(event: Event): EncryptedEvent | undefined {
  const { bundledEdit: edit, roomID, sender } = event;
  if (edit === undefined || !isEncrypted(event)) return undefined;
  return { eventID: edit.id, roomID, sender, ts: edit.ts, content: edit.content };
}

/**
 * An encrypted event as what it says; or as it came, with the reason why it cannot be read.
 *
 * What others encrypted is no more to be believed than what they sent in the clear.
 */
export function plainForm<E extends Event>(
  event: E,
  outcome: Outcome,
  edit: Outcome | undefined,
  why: (reason: Unreadable) => UnreadableReason,
): E {
  const { bundledEdit, ...rest } = event;
  const isOpen = outcome.kind === "readable" && isUsable(outcome.type);
  const isEditOpen = bundledEdit === undefined || edit?.kind === "readable";
  const sealed = {
    content: event.content,
    ...(bundledEdit === undefined ? {} : { bundledEdit }),
    ...(outcome.kind === "readable" ? {} : { why: why(outcome.reason) }),
    isWhole: outcome.kind === "readable" && isEditOpen,
  };
  if (!isOpen) {
    const malformed = outcome.kind === "readable" ? { isMalformed: true as const } : {};
    return { ...rest, ...malformed, sealed } as unknown as E;
  }
  const { type, content } = outcome;
  const newest = editIn(bundledEdit, edit, type);
  return {
    ...rest,
    type,
    content,
    sealed,
    ...(newest === undefined ? {} : { bundledEdit: newest }),
  } as unknown as E;
}

/** The event as it came. */
export function sealedForm<E extends Event>(event: E): E {
  const { sealed, isMalformed: _, bundledEdit: __, ...rest } = event;
  if (sealed === undefined) return event;
  const { content, bundledEdit } = sealed;
  return {
    ...rest,
    type: "m.room.encrypted",
    content,
    ...(bundledEdit === undefined ? {} : { bundledEdit }),
  } as unknown as E;
}

/** What is encrypted is encrypted once; and what a type is not long enough for, or too long. */
function isUsable(type: string): boolean {
  return type !== "" && type.length <= maxTypeLength && type !== "m.room.encrypted";
}

function editIn(
  bundled: EditRecord | undefined,
  edit: Outcome | undefined,
  type: string,
): EditRecord | undefined {
  if (bundled === undefined || edit?.kind !== "readable" || edit.type !== type) return undefined;
  const content = asObject(field(edit.content, "m.new_content"));
  return content && { id: bundled.id, ts: bundled.ts, content };
}
