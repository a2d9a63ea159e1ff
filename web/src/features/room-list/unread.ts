import type { RoomSummary } from "../../matrix/contract.ts";
import type { Key } from "../../locales/translate.ts";

export type Unread = {
  /** Zero: a dot without a number. */
  readonly count: number;
  readonly isHighlight: boolean;
  /** Its name is drawn in bold. */
  readonly isLoud: boolean;
  /** What is read out. */
  readonly key: Key;
};

/** What the badge of a room shows; undefined when all is read. */
export function unreadOf(summary: RoomSummary): Unread | undefined {
  const { unreadCount, highlightCount, isMarkedUnread, membership, notifications } = summary;
  if (membership === "invite") {
    return { count: 0, isHighlight: true, isLoud: true, key: "rooms.isInvitation" };
  }
  if (highlightCount > 0) {
    return { count: highlightCount, isHighlight: true, isLoud: true, key: "rooms.mentions" };
  }
  if (notifications === "mute") return undefined;
  if (unreadCount > 0) {
    return { count: unreadCount, isHighlight: false, isLoud: true, key: "rooms.unread" };
  }
  if (!isMarkedUnread) return undefined;
  return { count: 0, isHighlight: false, isLoud: true, key: "rooms.markedUnread" };
}
