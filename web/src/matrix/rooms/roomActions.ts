import { type Homeserver, path } from "../api/Homeserver.ts";
import { asMediaURI, asRoomAlias, asRoomID, asUserID } from "../api/identifiers.ts";
import {
  arrayIn,
  booleanIn,
  field,
  integerIn,
  type JsonObject,
  optional,
  stringIn,
} from "../api/json.ts";
import {
  Failure,
  type MediaURI,
  type NewRoom,
  type PublicRoom,
  type PublicRoomsPage,
  type PublicRoomsQuery,
  type RoomID,
  type UserID,
  type UserSearch,
} from "../contract.ts";
import { asJoinRule } from "./facts.ts";
import { cleanName, personOf } from "./names.ts";

/** - Spec: m.room.encryption */
const encryption = {
  type: "m.room.encryption",
  content: { algorithm: "m.megolm.v1.aes-sha2" },
} as const;

/**
 * Private rooms are encrypted from their first event, where that is possible.
 *
 * - Spec: POST /_matrix/client/v3/createRoom
 */
export async function createRoom(
  server: Homeserver,
  request: NewRoom,
  avatar: MediaURI | undefined,
  canEncrypt: boolean,
): Promise<RoomID> {
  const isPublic = request.access === "public";
  const state = [
    ...(canEncrypt && !isPublic ? [encryption] : []),
    ...(avatar === undefined ? [] : [{ type: "m.room.avatar", content: { url: avatar } }]),
    ...(request.historyVisibility === undefined ? [] : [{
      type: "m.room.history_visibility",
      content: { history_visibility: request.historyVisibility },
    }]),
  ];
  const answer = await server.post("/v3/createRoom", {
    preset: isPublic ? "public_chat" : "private_chat",
    visibility: isPublic ? "public" : "private",
    ...optional("name", nonEmpty(request.name)),
    ...optional("topic", nonEmpty(request.topic)),
    ...optional("room_alias_name", nonEmpty(request.alias)),
    ...optional("invite", request.invite),
    initial_state: state.map((event) => ({ state_key: "", ...event })),
  });
  return roomIDIn(answer);
}

/** - Spec: m.direct; trusted_private_chat gives both the same power */
export async function createDirect(
  server: Homeserver,
  userID: UserID,
  canEncrypt: boolean,
): Promise<RoomID> {
  const answer = await server.post("/v3/createRoom", {
    preset: "trusted_private_chat",
    visibility: "private",
    is_direct: true,
    invite: [userID],
    initial_state: canEncrypt ? [{ state_key: "", ...encryption }] : [],
  });
  return roomIDIn(answer);
}

/** - Spec: POST /_matrix/client/v3/join/{roomIdOrAlias} */
export async function enter(
  server: Homeserver,
  how: "join" | "knock",
  idOrAlias: string,
  via: readonly string[],
  reason?: string,
): Promise<RoomID> {
  // `server_name` is what servers older than v1.12 know.
  const query = via.map((name) =>
    `via=${encodeURIComponent(name)}&server_name=${encodeURIComponent(name)}`
  );
  const answer = await server.ask({
    method: "POST",
    path: (how === "join" ? path`/v3/join/${idOrAlias}` : path`/v3/knock/${idOrAlias}`) +
      (query.length === 0 ? "" : `?${query.join("&")}`),
    body: { ...optional("reason", nonEmpty(reason)) },
    timeoutMS: 180_000,
  });
  return roomIDIn(answer);
}

/** - Spec: POST /_matrix/client/v3/rooms/{roomId}/invite and its like */
export async function changeMembership(
  server: Homeserver,
  action: "invite" | "kick" | "ban" | "unban",
  roomID: RoomID,
  userID: UserID,
  reason?: string,
): Promise<void> {
  const body = { user_id: userID, ...optional("reason", nonEmpty(reason)) };
  await server.post(`${path`/v3/rooms/${roomID}`}/${action}`, body);
}

/** - Spec: PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey} */
export async function setState(
  server: Homeserver,
  roomID: RoomID,
  type: string,
  content: JsonObject,
): Promise<void> {
  await server.put(path`/v3/rooms/${roomID}/state/${type}/`, content);
}

const pageSize = 30;

/** - Spec: POST /_matrix/client/v3/publicRooms */
export async function publicRooms(
  server: Homeserver,
  { search, from, limit = pageSize, server: other }: PublicRoomsQuery,
): Promise<PublicRoomsPage> {
  const answer = await server.ask({
    method: "POST",
    path: "/v3/publicRooms",
    query: { server: other },
    body: {
      limit,
      ...optional("since", from),
      ...optional("filter", nonEmpty(search) && { generic_search_term: nonEmpty(search) }),
    },
  });
  return {
    rooms: arrayIn(answer, "chunk").flatMap((raw) => publicRoom(raw) ?? []),
    ...optional("next", stringIn(answer, "next_batch")),
    ...optional("total", integerIn(answer, "total_room_count_estimate")),
  };
}

function publicRoom(raw: unknown): PublicRoom | undefined {
  const id = asRoomID(field(raw, "room_id"));
  if (id === undefined) return undefined;
  return {
    id,
    ...optional("name", cleanName(stringIn(raw, "name"))),
    ...optional("alias", asRoomAlias(field(raw, "canonical_alias"))),
    ...optional("topic", stringIn(raw, "topic")?.slice(0, 1_000)),
    ...optional("avatar", asMediaURI(field(raw, "avatar_url"))),
    joinedCount: integerIn(raw, "num_joined_members") ?? 0,
    isWorldReadable: booleanIn(raw, "world_readable") === true,
    // - Spec: when absent, the room is public.
    joinRule: asJoinRule(stringIn(raw, "join_rule") ?? "public"),
  };
}

/** - Spec: POST /_matrix/client/v3/user_directory/search */
export async function findUsers(
  server: Homeserver,
  query: string,
  limit: number,
): Promise<UserSearch> {
  const answer = await server.post("/v3/user_directory/search", { search_term: query, limit });
  return {
    users: arrayIn(answer, "results").flatMap((raw) => {
      const id = asUserID(field(raw, "user_id"));
      const avatar = asMediaURI(field(raw, "avatar_url"));
      return id === undefined ? [] : [personOf(id, stringIn(raw, "display_name"), avatar, false)];
    }),
    isLimited: booleanIn(answer, "limited") === true,
  };
}

function roomIDIn(answer: JsonObject): RoomID {
  const id = asRoomID(field(answer, "room_id"));
  if (id === undefined) throw new Failure("BAD_ANSWER", "The room has no ID.");
  return id;
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}
