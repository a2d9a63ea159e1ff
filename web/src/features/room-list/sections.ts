import type { RoomID, RoomSections } from "../../matrix/contract.ts";
import type { Key } from "../../locales/translate.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";

export type SectionName = Exclude<keyof RoomSections, "spaces">;

export type ShownSection = {
  readonly name: SectionName;
  readonly title: Key;
  readonly rooms: readonly RoomID[];
};

const titles: readonly (readonly [SectionName, Key])[] = [
  ["invites", "rooms.invites"],
  ["favourites", "rooms.favourites"],
  ["direct", "rooms.direct"],
  ["rooms", "rooms.rooms"],
  ["knocks", "rooms.knocks"],
  ["lowPriority", "rooms.lowPriority"],
];

/** Those that are drawn even when nothing is in them: one begins something there. */
const alwaysShown: ReadonlySet<SectionName> = new Set(["direct", "rooms"]);

/**
 * The sections to draw, in their order, with the rooms whose name holds each word of `query`.
 *
 * - `nameOf`: the room's name in words; only asked for when there is a query.
 */
export function shownSections(
  sections: RoomSections,
  query: string,
  nameOf: (id: RoomID) => string,
): readonly ShownSection[] {
  const words = folded(query).split(/\s+/u).filter((word) => word !== "");
  const fits = (id: RoomID) => {
    const name = folded(nameOf(id));
    return words.every((word) => name.includes(word));
  };
  return titles
    .map(([name, title]) => ({
      name,
      title,
      rooms: words.length === 0 ? sections[name] : sections[name].filter(fits),
    }))
    .filter(({ name, rooms }) => rooms.length > 0 || (words.length === 0 && alwaysShown.has(name)));
}

/** Every room in the order it is drawn. */
export function inOrder(sections: readonly ShownSection[]): readonly RoomID[] {
  return sections.flatMap((section) => section.rooms);
}

/** The room `step` places after this one, with `wanted` true of it; undefined when there is none. */
export function neighbour(
  rooms: readonly RoomID[],
  current: RoomID | undefined,
  step: 1 | -1,
  wanted: (id: RoomID) => boolean = () => true,
): RoomID | undefined {
  const at = current === undefined ? -1 : rooms.indexOf(current);
  const start = at < 0 && step < 0 ? 0 : at;
  for (let turn = 1; turn <= rooms.length; turn++) {
    const index = (start + step * turn + rooms.length * 2) % rooms.length;
    const id = rooms[index];
    if (id !== undefined && id !== current && wanted(id)) return id;
  }
  return undefined;
}
