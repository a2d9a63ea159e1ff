import type { NotificationLevel, Room, RoomSummary } from "../matrix/contract.ts";
import { useWords } from "../locales/Words.tsx";
import type { MenuItem } from "../ui/Menu.tsx";
import { useAction } from "./useAction.ts";

const levels: readonly NotificationLevel[] = ["default", "all", "mentions", "mute"];

/** What one can do with a conversation for oneself, as entries of a menu. */
export function useRoomVerbs(room: Room, summary: RoomSummary): readonly MenuItem[] {
  const { t } = useWords();
  const { run } = useAction();
  if (summary.membership !== "join") return [];
  const isUnread = summary.unreadCount + summary.highlightCount > 0 || summary.isMarkedUnread;
  return [
    {
      key: "favourite",
      icon: summary.isFavourite ? "star-filled" : "star",
      label: t(summary.isFavourite ? "rooms.unfavourite" : "rooms.favourite"),
      onSelect: () => run(() => room.setFavourite(!summary.isFavourite)),
    },
    {
      key: "low",
      icon: summary.isLowPriority ? "up" : "down",
      label: t(summary.isLowPriority ? "rooms.raise" : "rooms.lower"),
      onSelect: () => run(() => room.setLowPriority(!summary.isLowPriority)),
    },
    {
      key: "unread",
      icon: isUnread ? "check" : "eye",
      label: t(isUnread ? "rooms.markRead" : "rooms.markUnread"),
      onSelect: () => run(() => room.setMarkedUnread(!isUnread)),
    },
    ...levels.map((level, index) => ({
      key: level,
      label: t(`notifications.${level}`),
      isChecked: summary.notifications === level,
      startsGroup: index === 0,
      onSelect: () => run(() => room.setNotifications(level)),
    })),
  ];
}
