import { asMediaURI, asRoomAlias, asRoomID, asUserID } from "../api/identifiers.ts";
import { arrayIn, field, optional, stringIn } from "../api/json.ts";
import type { HistoryVisibility, JoinRule } from "../contract.ts";
import type { RoomFacts } from "../storage/records.ts";
import { cleanName } from "./names.ts";
import type { Event } from "../timeline/parseEvent.ts";

/** A state event, from the state of a room or from its timeline; or a stripped one. */
export type StateEvent = Pick<Event, "type" | "sender" | "content"> & { readonly stateKey: string };

/** Of a room of which no state event is known. */
export const noFacts: RoomFacts = {
  version: "1",
  creators: [],
  isSpace: false,
  joinRule: "invite",
  historyVisibility: "shared",
  isEncrypted: false,
  isReplaced: false,
};

const maxTopicLength = 4_000;

/** The facts once `event` is part of the state. The same object when it says nothing to us. */
export function factsWith(facts: RoomFacts, event: StateEvent): RoomFacts {
  if (event.stateKey !== "") return facts;
  const { content } = event;
  switch (event.type) {
    case "m.room.create":
      return {
        ...facts,
        version: stringIn(content, "room_version")?.slice(0, 255) ?? "1",
        creators: creatorsOf(event),
        isSpace: stringIn(content, "type") === "m.space",
      };
    case "m.room.name":
      return replaced(facts, "name", cleanName(stringIn(content, "name")));
    case "m.room.topic":
      return replaced(facts, "topic", topicOf(content));
    case "m.room.avatar":
      return replaced(facts, "avatar", asMediaURI(field(content, "url")));
    case "m.room.canonical_alias":
      return replaced(facts, "alias", asRoomAlias(field(content, "alias")));
    case "m.room.join_rules":
      return { ...facts, joinRule: asJoinRule(field(content, "join_rule")) };
    case "m.room.history_visibility":
      return {
        ...facts,
        historyVisibility: asHistoryVisibility(field(content, "history_visibility")),
      };
    case "m.room.encryption":
      // It never goes off again, whatever the server says later.
      return { ...facts, isEncrypted: true };
    case "m.room.tombstone":
      return replaced(
        { ...facts, isReplaced: true },
        "replacedBy",
        asRoomID(field(content, "replacement_room")),
      );
    case "m.room.power_levels":
      return { ...facts, power: content };
    default:
      return facts;
  }
}

export function asJoinRule(value: unknown): JoinRule {
  switch (value) {
    case "public":
    case "invite":
    case "knock":
    case "restricted":
    case "knock_restricted":
      return value;
    default:
      // What we do not know lets nobody in without being asked.
      return "private";
  }
}

/** - Spec: m.room.history_visibility: `shared` where nothing, or nothing known, is said. */
export function asHistoryVisibility(value: unknown): HistoryVisibility {
  return value === "world_readable" || value === "invited" || value === "joined" ? value : "shared";
}

function creatorsOf(event: StateEvent): readonly string[] {
  // Since v11 it is the sender alone, since v12 with those named beside.
  const additional = arrayIn(event.content, "additional_creators")
    .flatMap((id) => asUserID(id) ?? []);
  return [...new Set([event.sender, ...additional])];
}

function topicOf(content: StateEvent["content"]): string | undefined {
  const topic = stringIn(content, "topic")?.slice(0, maxTopicLength).trim();
  return topic === "" ? undefined : topic;
}

function replaced<K extends "name" | "topic" | "avatar" | "alias" | "replacedBy">(
  facts: RoomFacts,
  key: K,
  value: RoomFacts[K] | undefined,
): RoomFacts {
  const { [key]: _, ...rest } = facts;
  return { ...rest, ...optional(key, value) } as RoomFacts;
}
