import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { EventItem, FoundMessage, Room, RoomSummary } from "../matrix/contract.ts";
import { ComposerModel } from "../features/composer/ComposerModel.ts";
import { type ComposerHandle, ComposerView } from "../features/composer/ComposerView.tsx";
import { DropZone } from "../features/composer/DropZone.tsx";
import { picturesIn } from "../features/media-viewer/pictures.ts";
import { MessageSearchModel } from "../features/message-search/MessageSearchModel.ts";
import { TimelineModel } from "../features/timeline/TimelineModel.ts";
import { TimelineView, type TimelineViewProps } from "../features/timeline/TimelineView.tsx";
import { roomName } from "../locales/roomName.ts";
import { isolated } from "../locales/translate.ts";
import { useWords } from "../locales/Words.tsx";
import { Panel } from "../parts/Panel.tsx";
import { permalink, type Route } from "../parts/routes.ts";
import { useClient, useNavigator, useRoom, useSurroundings } from "../parts/Surroundings.tsx";
import { Waiting } from "../ui/Feedback.tsx";
import { useMatch } from "../ui/useMatch.ts";
import { useStore } from "../ui/useStore.ts";
import { ChangedBanner } from "./ChangedBanner.tsx";
import { dayOf } from "./dayOf.ts";
import {
  MediaViewer,
  MembersPanel,
  PersonPanel,
  RoomDoor,
  RoomSettingsPanel,
} from "./laterScreens.ts";
import { RoomHeader } from "./RoomHeader.tsx";
import { wantsComposerFocus } from "./useScreenFocus.ts";

const RoomSearch = lazy(async () => ({
  default: (await import("../features/message-search/RoomSearch.tsx")).RoomSearch,
}));

export type RoomRoute = Extract<Route, { readonly screen: "room" }>;

type ScreenProps = {
  readonly route: RoomRoute;
  /** Looks for these words in all messages. */
  readonly onSearch: (text: string) => void;
};

/** One conversation: what was said, where one writes, and what stands beside. */
export function RoomScreen({ route, onSearch }: ScreenProps) {
  const room = useRoom(route.roomID);
  const summary = useStore(room.summary);
  const isLate = useLate(summary === undefined);
  if (summary === undefined && !isLate) return <Unknown />;
  if (summary?.membership !== "join") return <RoomDoor room={room} summary={summary} />;
  return <Conversation room={room} summary={summary} route={route} onSearch={onSearch} />;
}

/** A room that has just been joined takes a moment to be known. */
const PATIENCE_MS = 2000;

function useLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isLate;
}

function Unknown() {
  const { t } = useWords();
  return (
    <div className="nothing">
      <h1 className="only-heard">{t("door.unknown")}</h1>
      <Waiting label={t("common.loading")} />
    </div>
  );
}

type Props = ScreenProps & { readonly room: Room; readonly summary: RoomSummary };

function Conversation({ room, summary, route, onSearch }: Props) {
  const { t, format } = useWords();
  const navigator = useNavigator();
  const { toasts } = useSurroundings();
  const timeline = useTimelineModel(room);
  const composer = useMemo(() => new ComposerModel(room, globalThis.sessionStorage), [room]);
  const writing = useRef<ComposerHandle>(null);
  const [picture, setPicture] = useState<EventItem>();
  const [turn, setTurn] = useState(0);
  const name = roomName(summary.name, t, format);
  const focusComposer = useMemo(() => () => writing.current?.focus(), []);

  const verbs = useMemo<TimelineViewProps["verbs"]>(() => ({
    reply: (item) => composer.reply(item),
    edit: (item) => void composer.startEditing(item).catch(() => {}),
    openPerson: (userID) =>
      navigator.go({ screen: "room", roomID: room.id, panel: { kind: "person", userID } }),
    openMedia: setPicture,
    copyLink: (item) => {
      const base = globalThis.location.href.replace(/#.*$/u, "");
      globalThis.navigator.clipboard.writeText(permalink(base, room.id, item.eventID))
        .then(() => toasts.show(t("message.linkCopied")), () => {});
    },
  }), [composer, navigator, room, toasts, t]);

  return (
    <>
      <div className="conversation">
        <RoomHeader room={room} summary={summary} panel={route.panel} />
        {summary.isEncrypted && <ChangedBanner roomID={room.id} />}
        <DropZone onFiles={(files) => writing.current?.offer(files)}>
          {timeline && (
            <TimelineView
              room={room}
              model={timeline}
              verbs={verbs}
              wanted={route.eventID}
              turn={turn}
              onLeave={focusComposer}
            />
          )}
          <div id="composer">
            <ComposerView
              room={room}
              model={composer}
              label={t(summary.isDirect ? "composer.labelDirect" : "composer.label", {
                name: isolated(name),
              })}
              takesFocus={wantsComposerFocus}
              lastEditable={() => timeline?.lastEditable()}
              handle={writing}
            />
          </div>
        </DropZone>
      </div>
      <RoomPanel
        room={room}
        summary={summary}
        route={route}
        onSearch={onSearch}
        onShow={() => setTurn((turn) => turn + 1)}
      />
      {picture && timeline && (
        <MediaViewer
          pictures={picturesIn(timeline.timeline.state.get().items)}
          first={picture}
          onClose={() => setPicture(undefined)}
        />
      )}
    </>
  );
}

/** Opens the timeline for as long as the room is shown. */
function useTimelineModel(room: Room): TimelineModel | undefined {
  const [model, setModel] = useState<TimelineModel>();
  useEffect(() => {
    const opened = new TimelineModel(
      room.openTimeline(),
      dayOf,
      (eventID) => room.markRead(eventID),
    );
    setModel(opened);
    return () => opened.close();
  }, [room]);
  return model;
}

/** - `onShow`: the message of the address is asked for again. */
function RoomPanel({ room, summary, route, ...props }: Props & { readonly onShow: () => void }) {
  const navigator = useNavigator();
  const search = useSearchModel(room);
  // As in app.css: the panel stands beside the messages, not over them.
  const isBeside = useMatch("(min-width: 80rem)");
  const { panel } = route;
  const shown = { screen: "room", roomID: room.id } as const;
  const close = () => navigator.leaveTo(shown);
  const open = ({ eventID }: FoundMessage) => {
    props.onShow();
    if (isBeside) navigator.replace({ ...shown, eventID, panel: { kind: "search" } });
    else navigator.go({ ...shown, eventID });
  };
  switch (panel?.kind) {
    case "search":
      return <SearchPanel {...props} {...{ search, summary, open, close }} />;
    case "members":
      return <MembersPanel room={room} onClose={close} />;
    case "person":
      return (
        <PersonPanel
          key={panel.userID}
          room={room}
          userID={panel.userID}
          onClose={close}
          onBack={() => navigator.leaveTo({ ...shown, panel: { kind: "members" } })}
        />
      );
    case "settings":
      return <RoomSettingsPanel room={room} onClose={close} />;
    case undefined:
      return null;
  }
}

/** The search in this room. It is kept as long as the room is shown. */
function useSearchModel(room: Room): MessageSearchModel {
  const { search } = useClient();
  return useMemo(() => new MessageSearchModel(search, room.id), [search, room]);
}

type SearchPanelProps = {
  readonly search: MessageSearchModel;
  readonly summary: RoomSummary;
  readonly open: (message: FoundMessage) => void;
  readonly close: () => void;
  readonly onSearch: (text: string) => void;
};

function SearchPanel({ search, summary, open, close, onSearch }: SearchPanelProps) {
  const { t } = useWords();
  return (
    <Panel title={t("search.title")} onClose={close}>
      <Suspense fallback={<Waiting label={t("common.loading")} />}>
        <RoomSearch model={search} summary={summary} onOpen={open} onEverywhere={onSearch} />
      </Suspense>
    </Panel>
  );
}
