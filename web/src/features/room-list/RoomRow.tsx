import { memo } from "react";
import type { Room, RoomID, RoomSummary } from "../../matrix/contract.ts";
import { describe, previewPrefix, shortName } from "../../locales/describe.ts";
import { roomName } from "../../locales/roomName.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { RoomPicture } from "../../parts/Picture.tsx";
import { address } from "../../parts/routes.ts";
import { useNavigator, useRoom } from "../../parts/Surroundings.tsx";
import { useRoomVerbs } from "../../parts/useRoomVerbs.ts";
import { Badge } from "../../ui/Feedback.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { MenuButton } from "../../ui/Menu.tsx";
import { useStore } from "../../ui/useStore.ts";
import { unreadOf } from "./unread.ts";

type Props = {
  readonly id: RoomID;
  readonly isCurrent: boolean;
  readonly isStop: boolean;
};

/** One conversation. Watches its own room, so that news elsewhere do not draw it again. */
export const RoomRow = memo(function RoomRow({ id, isCurrent, isStop }: Props) {
  const { t, format } = useWords();
  const navigator = useNavigator();
  const room = useRoom(id);
  const summary = useStore(room.summary);
  if (summary === undefined) return null;
  const name = roomName(summary.name, t, format);
  const unread = unreadOf(summary);
  const ts = summary.preview?.ts ?? summary.lastActivityTS;
  const isQuiet = summary.notifications === "mute";
  const label = unread === undefined ? "" : t(unread.key, { count: unread.count });
  return (
    <div className={`room-row${unread?.isLoud ? " room-row-unread" : ""}`}>
      <a
        className="room-link"
        href={address({ screen: "room", roomID: id })}
        aria-current={isCurrent ? "page" : undefined}
        data-rove
        tabIndex={isStop ? 0 : -1}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          navigator.go({ screen: "room", roomID: id });
        }}
      >
        <RoomPicture summary={summary} />
        <span className="room-words">
          <span className="room-line">
            <bdi className="room-name clipped">{name}</bdi>
            {summary.isEncrypted && (
              <span className="room-lock" role="img" aria-label={t("room.isEncrypted")}>
                <Icon name="lock" size="s" />
              </span>
            )}
            {isQuiet && <Icon name="bell-off" size="s" />}
            {ts > 0 && <time className="room-time">{format.brief(ts, Date.now())}</time>}
          </span>
          <span className="room-line">
            <RoomLine summary={summary} />
            {unread !== undefined && (
              <Badge count={unread.count} isHighlight={unread.isHighlight} label={label} />
            )}
          </span>
        </span>
      </a>
      <RoomMenu room={room} summary={summary} isStop={isStop} />
    </div>
  );
});

/** What was said last, or who is writing. */
function RoomLine({ summary }: { readonly summary: RoomSummary }) {
  const { t, say, format } = useWords();
  const { typing, preview, invitation } = summary;
  if (invitation !== undefined) {
    return (
      <bdi className="room-preview clipped">
        {t("rooms.invitedBy", { name: isolated(invitation.by.name) })}
      </bdi>
    );
  }
  if (typing.length > 0) {
    const names = typing.slice(0, 2).map((person) => isolated(shortName(person.name)));
    const words = summary.isDirect
      ? t("rooms.typing")
      : t("composer.typing", { names: format.list(names), count: typing.length });
    return <span className="room-preview room-typing clipped">{words}</span>;
  }
  if (preview === undefined) return <span className="room-preview clipped">{summary.topic}</span>;
  const prefix = previewPrefix(preview, summary.isDirect);
  return (
    <bdi className="room-preview clipped">
      {prefix && `${say(prefix)} `}
      {say(describe(preview))}
    </bdi>
  );
}

type MenuProps = {
  readonly room: Room;
  readonly summary: RoomSummary;
  /** One stop of the Tab key for the whole list: that of the row it also stops at. */
  readonly isStop: boolean;
};

function RoomMenu({ room, summary, isStop }: MenuProps) {
  const { t } = useWords();
  const items = useRoomVerbs(room, summary);
  if (items.length === 0) return null;
  return (
    <span className="room-menu">
      <MenuButton
        icon="more-filled"
        size="s"
        label={t("rooms.options")}
        items={items}
        isStop={isStop}
      />
    </span>
  );
}
