import type { FoundMessage, RoomID } from "../../matrix/contract.ts";

/** What was found in one room, in the order that was asked for. */
export type FoundGroup = {
  readonly key: string;
  readonly roomID: RoomID;
  readonly messages: readonly FoundMessage[];
};

/**
 * Puts a page behind those before it, its messages together that are of one room.
 *
 * What is on the screen stays where it is: a room of which there is more gets another group, unless
 * it is the last one. A message that came before is not shown again.
 */
export function withPage(
  groups: readonly FoundGroup[],
  page: readonly FoundMessage[],
): readonly FoundGroup[] {
  const known = new Set(groups.flatMap(({ messages }) => messages.map(keyOf)));
  const rooms = new Map<RoomID, FoundMessage[]>();
  const last = groups.at(-1);
  // The page goes on where the one before ended.
  if (last !== undefined) rooms.set(last.roomID, []);
  for (const message of page) {
    if (known.has(keyOf(message))) continue;
    known.add(keyOf(message));
    const found = rooms.get(message.roomID);
    if (found === undefined) rooms.set(message.roomID, [message]);
    else found.push(message);
  }
  const all = [...groups];
  for (const [roomID, messages] of rooms) {
    if (last?.roomID === roomID) {
      if (messages.length === 0) continue;
      all[groups.length - 1] = { ...last, messages: [...last.messages, ...messages] };
    } else all.push({ key: `${all.length} ${roomID}`, roomID, messages });
  }
  return all;
}

export function countIn(groups: readonly FoundGroup[]): number {
  return groups.reduce((sum, { messages }) => sum + messages.length, 0);
}

function keyOf({ roomID, eventID }: FoundMessage): string {
  return `${roomID} ${eventID}`;
}
