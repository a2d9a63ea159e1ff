import type { Homeserver } from "../api/Homeserver.ts";
import { asMediaURI, asRoomID } from "../api/identifiers.ts";
import { arrayIn, field, integerIn, objectIn, optional, stringIn, stringsIn } from "../api/json.ts";
import type {
  EventContent,
  FoundMessage,
  FoundMessages,
  MessageQuery,
  Person,
  RoomID,
  Store,
  UserID,
} from "../contract.ts";
import type { Members } from "../rooms/Members.ts";
import { personOf } from "../rooms/names.ts";
import type { RoomRecord } from "../storage/records.ts";
import { eventContent } from "../timeline/eventContent.ts";
import { type Event, parseEvent } from "../timeline/parseEvent.ts";

/** Messages in one page. */
const pageSize = 20;
const maxWords = 50;
const maxWordLength = 100;

/** What a search needs of the account. */
export interface SearchPlace {
  readonly server: Homeserver;
  readonly members: Members;
  readonly ignoredUsers: Store<readonly UserID[]>;
  readonly rooms: { record(id: RoomID): RoomRecord | undefined };
}

/** A message as the server found it, and what it says of who wrote it. */
type Hit = { readonly event: Event; readonly profile: unknown };

/**
 * One page of what the server finds, without what is not shown here: what ignored people said, what
 * is in rooms one is not in, and what was edited since. An edit is found by its own words.
 *
 * - Spec: POST /_matrix/client/v3/search
 */
export async function searchMessages(
  place: SearchPlace,
  query: MessageQuery,
  signal: AbortSignal,
): Promise<FoundMessages> {
  const answer = await place.server.ask({
    method: "POST",
    path: "/v3/search",
    query: { next_batch: query.from },
    body: {
      search_categories: {
        room_events: {
          search_term: query.text,
          keys: ["content.body"],
          order_by: query.order,
          filter: { limit: pageSize, ...optional("rooms", query.roomID && [query.roomID]) },
          event_context: { before_limit: 0, after_limit: 0, include_profile: true },
        },
      },
    },
    signal,
  });
  const found = objectIn(objectIn(answer, "search_categories"), "room_events");
  const hits = arrayIn(found, "results").slice(0, pageSize)
    .flatMap((raw) => hitIn(raw) ?? [])
    .filter(({ event }) => isShown(place, query, event));
  await loadSenders(place.members, hits);
  return {
    messages: hits.flatMap((hit) => messageOf(place.members, hit) ?? []),
    words: stringsIn(found, "highlights")
      .filter((word) => word !== "" && word.length <= maxWordLength).slice(0, maxWords),
    ...optional("next", stringIn(found, "next_batch")),
    ...optional("total", integerIn(found, "count")),
  };
}

function hitIn(raw: unknown): Hit | undefined {
  const result = objectIn(raw, "result");
  const roomID = asRoomID(field(result, "room_id"));
  const event = roomID === undefined ? undefined : parseEvent(result, roomID);
  if (event === undefined) return undefined;
  return { event, profile: field(field(field(raw, "context"), "profile_info"), event.sender) };
}

function isShown(place: SearchPlace, query: MessageQuery, event: Event): boolean {
  return event.type === "m.room.message" && event.stateKey === undefined &&
    event.bundledEdit === undefined &&
    (query.roomID === undefined || query.roomID === event.roomID) &&
    place.rooms.record(event.roomID)?.membership === "join" &&
    !place.ignoredUsers.get().includes(event.sender);
}

async function loadSenders(members: Members, hits: readonly Hit[]): Promise<void> {
  const senders = new Map<RoomID, UserID[]>();
  for (const { event: { roomID, sender } } of hits) {
    senders.set(roomID, [...senders.get(roomID) ?? [], sender]);
  }
  for (const [roomID, userIDs] of senders) await members.load(roomID, userIDs);
}

function messageOf(members: Members, { event, profile }: Hit): FoundMessage | undefined {
  const { roomID, sender, ts } = event;
  const isEdit = event.relType === "m.replace";
  const edited = isEdit ? objectIn(event.content, "m.new_content") : undefined;
  if (isEdit && edited === undefined) return undefined;
  const { relType: _, relatesTo, ...plain } = event;
  const eventID = isEdit ? relatesTo : event.id;
  const person = senderOf(members, roomID, sender, profile);
  const content = eventContent(plain, () => person, edited);
  if (eventID === undefined || !isSaid(content)) return undefined;
  return { roomID, eventID, sender: person, ts, content };
}

/** Whoever has long left may be known from the answer alone. */
function senderOf(members: Members, roomID: RoomID, sender: UserID, profile: unknown): Person {
  if (members.member(roomID, sender) !== undefined) return members.person(roomID, sender);
  const avatar = asMediaURI(field(profile, "avatar_url"));
  return personOf(sender, stringIn(profile, "displayname"), avatar, false);
}

function isSaid(content: EventContent | undefined): content is EventContent {
  return content !== undefined && content.kind !== "redacted" && content.kind !== "unreadable" &&
    content.kind !== "unsupported";
}
