import { readEncryptedFile, writeEncryptedFile } from "../../crypto/attachments/encryptedFile.ts";
import { CryptoError } from "../../crypto/primitives/CryptoError.ts";
import { asMediaURI, asRoomAlias, asRoomID, asUserID } from "../api/identifiers.ts";
import { entriesIn, field, integerIn, objectIn, optional, stringIn } from "../api/json.ts";
import type {
  Attachment,
  EventContent,
  MediaSource,
  MembershipChange,
  Person,
  PowerChange,
  UserID,
} from "../contract.ts";
import { asHistoryVisibility, asJoinRule } from "../rooms/facts.ts";
import { cleanFileName, cleanName } from "../rooms/names.ts";
import type { EventRecord } from "../storage/records.ts";
import type { Event } from "./parseEvent.ts";

/** How to call somebody in the room at hand. */
export type Naming = (userID: UserID) => Person;

/**
 * What a view shows of an event, of whatever type. Undefined when it shows nothing.
 *
 * `edit` is the content that replaces the event's own.
 */
export function eventContent(
  event: Event,
  naming: Naming,
  edit?: EventRecord["content"],
): EventContent | undefined {
  if (event.stateKey !== undefined) return stateContent(event, naming);
  if (event.relType === "m.replace") return undefined;
  if (event.redaction !== undefined) {
    if (
      event.type !== "m.room.message" && event.type !== "m.sticker" &&
      event.type !== "m.room.encrypted"
    ) return undefined;
    const { by, reason } = event.redaction;
    return {
      kind: "redacted",
      ...(by === "" ? {} : { by: naming(by) }),
      ...optional("reason", reason),
    };
  }
  const content = edit ?? event.content;
  switch (event.type) {
    case "m.room.message":
      return messageContent(content, localSource(event)) ?? malformed;
    case "m.sticker":
      return attachment("image", content, localSource(event), "sticker") ?? malformed;
    case "m.room.encrypted":
      // Reactions are never shown by themselves.
      if (event.relType === "m.annotation") return undefined;
      if (event.isMalformed === true) return malformed;
      return { kind: "unreadable", cause: "encrypted", ...optional("why", event.sealed?.why) };
    case "m.reaction":
    case "m.room.redaction":
      return undefined;
    default:
      // What has a text to fall back on was meant to be seen; the rest (calls, keys) was not.
      return stringIn(content, "body") === undefined
        ? undefined
        : { kind: "unsupported", type: event.type };
  }
}

const malformed: EventContent = { kind: "unreadable", cause: "malformed" };

/** A file of ours that is not uploaded yet has no `url`: its bytes are found by its key. */
function localSource(event: Event): MediaSource | undefined {
  return event.id.startsWith("~") ? { kind: "local", id: event.id.slice(1) } : undefined;
}

/** - Spec: m.room.message msgtypes */
function messageContent(
  content: Event["content"],
  local: MediaSource | undefined,
): EventContent | undefined {
  const type = stringIn(content, "msgtype");
  const body = stringIn(content, "body");
  if (type === undefined || body === undefined) return undefined;
  switch (type) {
    case "m.image":
      return attachment("image", content, local, "image");
    case "m.video":
      return attachment("video", content, local);
    case "m.audio":
      return attachment("audio", content, local);
    case "m.file":
      return attachment("file", content, local);
    case "m.location": {
      const geoURI = stringIn(content, "geo_uri");
      return geoURI?.startsWith("geo:") ? { kind: "location", body, geoURI } : undefined;
    }
    default: {
      const style = type === "m.notice" ? "notice" : type === "m.emote" ? "emote" : "text";
      const plain = isReply(content) ? withoutFallback(body) : body;
      return { kind: "text", style, body: plain, ...optional("html", htmlOf(content)) };
    }
  }
}

function attachment(
  kind: "image" | "video" | "audio" | "file",
  content: Event["content"],
  local: MediaSource | undefined,
  as: "image" | "sticker" = "image",
): EventContent | undefined {
  const source = sourceIn(content, "url", "file", content) ?? local;
  if (source === undefined) return undefined;
  const body = stringIn(content, "body") ?? "";
  const name = stringIn(content, "filename");
  const info = objectIn(content, "info");
  const hasCaption = name !== undefined && body !== "" && body !== name;
  const about: Attachment = {
    fileName: cleanFileName(name ?? body),
    source,
    ...(hasCaption ? { caption: body, ...optional("captionHTML", htmlOf(content)) } : {}),
    ...optional("mimeType", stringIn(info, "mimetype")?.slice(0, 255)),
    ...optional("sizeBytes", positive(info, "size")),
  };
  const size = {
    ...optional("width", positive(info, "w")),
    ...optional("height", positive(info, "h")),
  };
  const duration = optional("durationMS", positive(info, "duration"));
  const thumbnail = sourceIn(info, "thumbnail_url", "thumbnail_file", {
    info: objectIn(info, "thumbnail_info"),
  });
  switch (kind) {
    case "image":
      return {
        kind: as,
        ...about,
        ...size,
        // The server makes one in any size of what it can read.
        ...(source.kind === "encrypted" ? optional("thumbnail", thumbnail) : {}),
      };
    case "video":
      return { kind, ...about, ...size, ...duration, ...optional("thumbnail", thumbnail) };
    case "audio":
      return {
        kind,
        ...about,
        ...duration,
        isVoice: field(content, "org.matrix.msc3245.voice") !== undefined ||
          field(content, "m.voice") !== undefined,
      };
    case "file":
      return { kind, ...about };
  }
}

/** Undefined when it is nowhere, or what should open it does not. */
function sourceIn(
  place: unknown,
  plain: string,
  encrypted: string,
  described: unknown,
): MediaSource | undefined {
  const value = field(place, encrypted);
  if (value === undefined) {
    const uri = asMediaURI(field(place, plain));
    return uri === undefined ? undefined : { kind: "mxc", uri };
  }
  try {
    const file = readEncryptedFile(value);
    const mimeType = stringIn(objectIn(described, "info"), "mimetype")?.slice(0, 255) ?? "";
    return { kind: "encrypted", uri: file.url, file: writeEncryptedFile(file), mimeType };
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function positive(value: unknown, key: string): number | undefined {
  const found = integerIn(value, key);
  return found !== undefined && found >= 0 ? found : undefined;
}

function htmlOf(content: Event["content"]): string | undefined {
  return stringIn(content, "format") === "org.matrix.custom.html"
    ? stringIn(content, "formatted_body")
    : undefined;
}

export function isReply(content: Event["content"]): boolean {
  return field(field(content, "m.relates_to"), "m.in_reply_to") !== undefined;
}

/** - Spec: Rich replies: the quotation that older clients put in front is taken off. */
function withoutFallback(body: string): string {
  const lines = body.split("\n");
  const first = lines.findIndex((line) => !line.startsWith("> "));
  if (first <= 0) return body;
  return lines.slice(lines[first] === "" ? first + 1 : first).join("\n");
}

function stateContent(event: Event, naming: Naming): EventContent | undefined {
  const { content, prevContent } = event;
  if (event.type === "m.room.member") return membershipContent(event, naming);
  if (event.stateKey !== "" || event.redaction !== undefined) return undefined;
  // What a new room begins with is not news; it has no content before it.
  const isChange = prevContent !== undefined;
  switch (event.type) {
    case "m.room.create": {
      const predecessor = asRoomID(field(field(content, "predecessor"), "room_id"));
      return { kind: "created", ...optional("predecessor", predecessor) };
    }
    case "m.room.name":
      return {
        kind: "name-changed",
        name: cleanName(stringIn(content, "name")) ?? "",
        ...optional("oldName", cleanName(stringIn(prevContent, "name"))),
      };
    case "m.room.topic":
      return { kind: "topic-changed", topic: (stringIn(content, "topic") ?? "").slice(0, 4_000) };
    case "m.room.avatar":
      return {
        kind: "room-avatar-changed",
        ...optional("avatar", asMediaURI(field(content, "url"))),
      };
    case "m.room.encryption":
      return { kind: "encryption-enabled" };
    case "m.room.join_rules":
      return isChange
        ? { kind: "join-rule-changed", rule: asJoinRule(field(content, "join_rule")) }
        : undefined;
    case "m.room.history_visibility":
      return isChange
        ? {
          kind: "history-visibility-changed",
          visibility: asHistoryVisibility(field(content, "history_visibility")),
        }
        : undefined;
    case "m.room.power_levels": {
      const changes = isChange ? powerChanges(event, naming) : [];
      return changes.length === 0 ? undefined : { kind: "power-changed", changes };
    }
    case "m.room.pinned_events":
      return { kind: "pins-changed" };
    case "m.room.canonical_alias":
      return isChange
        ? { kind: "alias-changed", ...optional("alias", asRoomAlias(field(content, "alias"))) }
        : undefined;
    case "m.room.tombstone":
      return { kind: "replaced", ...optional("by", asRoomID(field(content, "replacement_room"))) };
    default:
      return undefined;
  }
}

function membershipContent(event: Event, naming: Naming): EventContent | undefined {
  const id = asUserID(event.stateKey);
  if (id === undefined) return undefined;
  const change = membershipChange(event);
  if (change === undefined || change === "unchanged") return undefined;
  const oldName = cleanName(stringIn(event.prevContent, "displayname"));
  const newName = cleanName(stringIn(event.content, "displayname"));
  const known = naming(id);
  return {
    kind: "membership",
    change,
    // Who has left is often known from this event alone.
    target: known.name === id ? { ...known, ...optional("name", newName ?? oldName) } : known,
    ...optional("reason", stringIn(event.content, "reason")?.slice(0, 1_000)),
    ...(change === "renamed"
      ? { ...optional("oldName", oldName), ...optional("newName", newName) }
      : {}),
  };
}

/** - Spec: m.room.member, the table of what a change of membership means. */
function membershipChange(event: Event): MembershipChange | undefined {
  const isOwn = event.sender === event.stateKey;
  const before = stringIn(event.prevContent, "membership") ?? "leave";
  const now = stringIn(event.content, "membership");
  switch (now) {
    case "invite":
      return before === "invite" ? "unchanged" : "invited";
    case "join":
      if (before !== "join") return "joined";
      if (differs(event, "displayname")) return "renamed";
      return differs(event, "avatar_url") ? "avatar-changed" : "unchanged";
    case "leave":
      switch (before) {
        case "invite":
          return isOwn ? "invitation-declined" : "invitation-withdrawn";
        case "knock":
          return isOwn ? "knock-withdrawn" : "knock-denied";
        case "ban":
          return "unbanned";
        case "join":
          return isOwn ? "left" : "kicked";
        default:
          // Without what was before, as in history of another server.
          return isOwn ? "left" : "kicked";
      }
    case "ban":
      return before === "join" ? "kicked-and-banned" : before === "ban" ? "unchanged" : "banned";
    case "knock":
      return before === "knock" ? "unchanged" : "knocked";
    default:
      return undefined;
  }
}

function differs(event: Event, key: string): boolean {
  return stringIn(event.content, key) !== stringIn(event.prevContent, key);
}

const maxPowerChanges = 20;

function powerChanges(event: Event, naming: Naming): readonly PowerChange[] {
  const before = new Map(entriesIn(event.prevContent, "users"));
  const after = new Map(entriesIn(event.content, "users"));
  const level = (levels: Map<string, unknown>, content: unknown, id: string) => {
    const own = levels.get(id);
    return typeof own === "number" ? own : integerIn(content, "users_default") ?? 0;
  };
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const id = asUserID(key);
    if (id === undefined) return [];
    const from = level(before, event.prevContent, id);
    const to = level(after, event.content, id);
    return from === to ? [] : [{ target: naming(id), from, to }];
  }).slice(0, maxPowerChanges);
}
