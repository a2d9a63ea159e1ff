import { useEffect, useMemo } from "react";
import type { PublicRoom } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Picture } from "../../parts/Picture.tsx";
import { Screen } from "../../parts/Screen.tsx";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { EmptyState, Note, Waiting } from "../../ui/Feedback.tsx";
import { SearchField } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { RoomDirectoryModel } from "./RoomDirectoryModel.ts";

/** « Répertoire des salons »: the public rooms, to be found and joined. */
export function RoomDirectoryScreen({ onCreateRoom }: { readonly onCreateRoom: () => void }) {
  const { t, say } = useWords();
  const { directory } = useClient();
  const model = useMemo(() => new RoomDirectoryModel(directory), [directory]);
  const { search, status, rooms, total, next, problem } = useStore(model.state);
  useEffect(() => void model.search(""), [model]);
  return (
    <Screen
      title={t("directory.title")}
      verbs={<Button icon="add" onClick={onCreateRoom}>{t("rooms.create")}</Button>}
    >
      <p className="lead">{t("directory.lead")}</p>
      <SearchField
        label={t("directory.search")}
        clearLabel={t("common.clear")}
        value={search}
        onChange={(event) => model.search(event.target.value)}
        onClear={() => model.search("")}
      />
      <p className="directory-count" role="status">
        {status === "done" && total !== undefined && t("directory.found", { count: total })}
      </p>
      {problem && (
        <Note kind="problem">
          <p>{say(problem)}</p>
          <Button icon="retry" onClick={() => model.retry()}>{t("common.retry")}</Button>
        </Note>
      )}
      {status === "loading" && rooms.length === 0 && <Waiting label={t("directory.loading")} />}
      {status === "done" && rooms.length === 0 && (
        <EmptyState icon="compass" title={t("directory.none")}>
          {t("directory.noneHint")}
        </EmptyState>
      )}
      <ul className="directory" aria-busy={status === "loading"}>
        {rooms.map((room) => <PublicRoomRow key={room.id} room={room} />)}
      </ul>
      {next !== undefined && (
        <Button
          isBusy={status === "loading-more"}
          onClick={() => model.more()}
        >
          {t("directory.more")}
        </Button>
      )}
    </Screen>
  );
}

function PublicRoomRow({ room }: { readonly room: PublicRoom }) {
  const { t } = useWords();
  const { rooms } = useClient();
  const navigator = useNavigator();
  const { isBusy, run } = useAction({ special: { M_FORBIDDEN: "directory.cannotJoin" } });
  const summary = useStore(rooms.room(room.id).summary);
  const isJoined = summary?.membership === "join";
  const name = room.name ?? room.alias ?? t("room.empty");
  const open = () => navigator.go({ screen: "room", roomID: room.id });
  const join = () =>
    run(async () => {
      const roomID = await rooms.join(room.id);
      navigator.go({ screen: "room", roomID });
    });
  return (
    <li className="directory-row">
      <Picture name={name} seed={room.id} uri={room.avatar} shape="square" />
      <div className="directory-words">
        <h2 className="directory-name">
          <bdi>{name}</bdi>
        </h2>
        {room.topic && (
          <p className="directory-topic">
            <bdi>{room.topic}</bdi>
          </p>
        )}
        <p className="directory-size">{t("room.memberCount", { count: room.joinedCount })}</p>
      </div>
      {isJoined
        ? (
          <Button aria-label={t("directory.openNamed", { name })} onClick={open}>
            {t("directory.open")}
          </Button>
        )
        : (
          <Button
            kind="primary"
            isBusy={isBusy}
            aria-label={t("directory.joinNamed", { name })}
            onClick={join}
          >
            {t("directory.join")}
          </Button>
        )}
    </li>
  );
}
