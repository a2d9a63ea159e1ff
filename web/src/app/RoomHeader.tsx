import { memo } from "react";
import type { Room, RoomSummary } from "../matrix/contract.ts";
import { roomName } from "../locales/roomName.ts";
import { useWords } from "../locales/Words.tsx";
import { RoomPicture } from "../parts/Picture.tsx";
import type { Panel } from "../parts/routes.ts";
import { BackButton } from "../parts/Screen.tsx";
import { useNavigator } from "../parts/Surroundings.tsx";
import { useRoomVerbs } from "../parts/useRoomVerbs.ts";
import { IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { MenuButton, type MenuItem } from "../ui/Menu.tsx";

type Props = {
  readonly room: Room;
  readonly summary: RoomSummary;
  readonly panel: Panel | undefined;
};

/** What the conversation is called, and the ways into its members and settings. */
export const RoomHeader = memo(function RoomHeader({ room, summary, panel }: Props) {
  const { t, format } = useWords();
  const navigator = useNavigator();
  const verbs = useRoomVerbs(room, summary);
  const shown = { screen: "room", roomID: room.id } as const;
  const toggle = (kind: "members" | "settings" | "search") =>
    panel?.kind === kind ? navigator.leaveTo(shown) : navigator.go({ ...shown, panel: { kind } });
  const items: readonly MenuItem[] = [
    {
      key: "search",
      icon: "search",
      label: t("search.title"),
      onSelect: () => navigator.go({ ...shown, panel: { kind: "search" } }),
    },
    {
      key: "settings",
      icon: "settings",
      label: t("roomSettings.title"),
      onSelect: () => navigator.go({ ...shown, panel: { kind: "settings" } }),
    },
    ...verbs,
  ];
  const kind = kindOf(summary);
  return (
    <header className="screen-head room-head">
      <BackButton />
      <RoomPicture summary={summary} />
      <div className="room-head-words">
        <h1 className="room-head-name">
          <bdi className="clipped">{roomName(summary.name, t, format)}</bdi>
          {kind && (
            <span
              className="room-kind"
              role="img"
              aria-label={t(kind.label)}
              data-tip={t(kind.label)}
              data-tip-side="below"
            >
              <Icon name={kind.icon} size="s" />
            </span>
          )}
        </h1>
        <p className="room-head-topic clipped" data-tip={summary.topic} data-tip-side="below">
          {summary.topic
            ? <bdi>{summary.topic}</bdi>
            : summary.isDirect
            ? <bdi>{summary.directUserID}</bdi>
            : t("room.memberCount", { count: summary.joinedCount })}
        </p>
      </div>
      <span className="room-head-wide">
        <IconButton
          icon="search"
          label={t("search.title")}
          tip={`${t("search.title")} (Ctrl+Maj+F)`}
          tipSide="below"
          aria-pressed={panel?.kind === "search"}
          onClick={() => toggle("search")}
        />
      </span>
      <IconButton
        icon="people"
        label={t("members.title")}
        tip={`${t("members.title")} (${format.number(summary.joinedCount)})`}
        tipSide="below"
        aria-pressed={panel?.kind === "members" || panel?.kind === "person"}
        onClick={() => toggle("members")}
      />
      <span className="room-head-wide">
        <IconButton
          icon="settings"
          label={t("roomSettings.title")}
          tipSide="below"
          aria-pressed={panel?.kind === "settings"}
          onClick={() => toggle("settings")}
        />
      </span>
      <MenuButton icon="more-filled" label={t("rooms.options")} items={items} />
    </header>
  );
});

/** Who can read what is said here, where that is worth a sign. */
function kindOf({ isEncrypted, isDirect, isPublic }: RoomSummary) {
  if (isEncrypted) return { icon: "lock", label: "room.isEncrypted" } as const;
  if (isDirect) return undefined;
  return isPublic
    ? { icon: "globe", label: "room.isPublic" } as const
    : { icon: "lock", label: "room.isPrivate" } as const;
}
