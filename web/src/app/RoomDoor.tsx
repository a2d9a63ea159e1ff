import type { Room, RoomSummary } from "../matrix/contract.ts";
import { roomName } from "../locales/roomName.ts";
import { isolated } from "../locales/translate.ts";
import { useWords } from "../locales/Words.tsx";
import { RoomPicture } from "../parts/Picture.tsx";
import { home } from "../parts/routes.ts";
import { BackButton } from "../parts/Screen.tsx";
import { useClient, useNavigator } from "../parts/Surroundings.tsx";
import { useAction } from "../parts/useAction.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/Feedback.tsx";
import { doorOf } from "./door.ts";

type Props = { readonly room: Room; readonly summary: RoomSummary | undefined };

/** What stands in the place of a conversation one is not part of: invitation, request, way in. */
export function RoomDoor({ room, summary }: Props) {
  const { t, format } = useWords();
  const { rooms } = useClient();
  const navigator = useNavigator();
  const { isBusy, run } = useAction({ special: { M_FORBIDDEN: "door.cannotJoin" } });
  const door = doorOf(summary);
  const name = summary === undefined ? room.id : roomName(summary.name, t, format);
  const join = () =>
    run(async () => {
      const roomID = await rooms.join(room.id);
      navigator.replace({ screen: "room", roomID });
    });
  const refuse = async () => {
    if (await run(() => room.leave())) navigator.replace(home);
  };
  return (
    <div className="screen">
      <header className="screen-head">
        <BackButton />
        <h1 className="screen-title">
          <bdi>{summary === undefined ? t("door.unknown") : name}</bdi>
        </h1>
      </header>
      <div className="screen-body scrolls door">
        {summary?.invitation && (
          <div className="door-card">
            <RoomPicture summary={summary} size="xl" />
            <p className="door-words">
              {t(summary.isDirect ? "door.invitesDirect" : "door.invites", {
                sender: isolated(summary.invitation.by.name),
                name: isolated(name),
              })}
            </p>
            <p className="lead">
              <bdi>{summary.invitation.by.id}</bdi>
            </p>
            {summary.invitation.reason && (
              <blockquote className="quoted">
                <bdi>{summary.invitation.reason}</bdi>
              </blockquote>
            )}
            <div className="empty-actions">
              <Button disabled={isBusy} onClick={refuse}>{t("door.refuse")}</Button>
              <Button kind="primary" isBusy={isBusy} onClick={join}>{t("door.accept")}</Button>
            </div>
          </div>
        )}
        {summary?.invitation === undefined && (
          <EmptyState
            icon={door.icon}
            title={t(door.title)}
            actions={
              <>
                {door.canForget && (
                  <Button disabled={isBusy} onClick={refuse}>{t(door.leave)}</Button>
                )}
                {door.canJoin && (
                  <Button kind="primary" isBusy={isBusy} onClick={join}>{t("door.join")}</Button>
                )}
              </>
            }
          >
            {t(door.words)}
          </EmptyState>
        )}
      </div>
    </div>
  );
}
