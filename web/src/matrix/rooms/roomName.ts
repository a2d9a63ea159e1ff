import type { Person, RoomName, UserID } from "../contract.ts";
import type { RoomRecord } from "../storage/records.ts";
import { personOf } from "./names.ts";

/**
 * A room's name, for this person.
 *
 * - Spec: Calculating the display name for a room; the numbers below are its steps.
 */
export function roomName(room: RoomRecord, self: UserID): RoomName {
  // 1. and 2.
  const own = room.facts.name ?? room.facts.alias;
  if (own !== undefined) return { kind: "own", text: own };
  // An invitation tells no heroes: the one who invites is all we know.
  if (room.heroes.length === 0 && room.invitation !== undefined) {
    return { kind: "heroes", names: [face(room, room.invitation.by).name], others: 0 };
  }
  const heroes = room.heroes.filter((id) => id !== self).map((id) => face(room, id));
  const names = distinct(heroes);
  const others = room.joinedCount + room.invitedCount - 1;
  // 3.3
  if (others <= 0) return { kind: "empty", formerly: names };
  // 3.1 and 3.2
  if (names.length === 0) return { kind: "heroes", names: [], others };
  return { kind: "heroes", names, others: Math.max(0, others - names.length) };
}

/** Somebody as the list of rooms calls them, from what is kept in the room's own record. */
export function face(room: RoomRecord, id: UserID): Person {
  const known = room.faces.find((face) => face.id === id);
  return personOf(id, known?.name, known?.avatar, false);
}

/** Two heroes of the same name are told apart. */
function distinct(people: readonly Person[]): readonly string[] {
  return people.map((person) => {
    const isShared = people.some((other) => other !== person && other.name === person.name);
    return isShared ? `${person.name} (${person.id})` : person.name;
  });
}
