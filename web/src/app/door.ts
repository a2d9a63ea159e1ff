import type { RoomSummary } from "../matrix/contract.ts";
import type { Key } from "../locales/translate.ts";
import type { IconName } from "../ui/icons.ts";

export type Door = {
  readonly icon: IconName;
  readonly title: Key;
  readonly words: Key;
  readonly canJoin: boolean;
  readonly canForget: boolean;
  readonly leave: Key;
};

/** What somebody who is not in a room is told, and may do. */
export function doorOf(summary: RoomSummary | undefined): Door {
  const closed = { canJoin: false, canForget: false, leave: "door.refuse" } as const;
  switch (summary?.membership) {
    case undefined:
      return {
        ...closed,
        icon: "compass",
        title: "door.unknownTitle",
        words: "door.unknownWords",
        canJoin: true,
      };
    case "knock":
      return {
        ...closed,
        icon: "clock",
        title: "door.knockedTitle",
        words: "door.knockedWords",
        canForget: true,
        leave: "door.withdraw",
      };
    case "ban":
      return { ...closed, icon: "lock", title: "door.bannedTitle", words: "door.bannedWords" };
    default:
      return {
        ...closed,
        icon: "door",
        title: "door.leftTitle",
        words: summary?.isPublic ? "door.leftPublic" : "door.leftPrivate",
        canJoin: true,
      };
  }
}
