import { useWords } from "../../locales/Words.tsx";
import { roomName } from "../../locales/roomName.ts";
import { isolated } from "../../locales/translate.ts";
import { RoomPicture } from "../../parts/Picture.tsx";
import { useStore } from "../../ui/useStore.ts";
import { useTimeline } from "./TimelineContext.ts";

/** What stands above the first message of a room. */
export function Beginning() {
  const { t, format } = useWords();
  const summary = useStore(useTimeline().room.summary);
  if (summary === undefined) return null;
  const name = roomName(summary.name, t, format);
  const words = summary.isDirect
    ? t("timeline.beginningDirect", { name: isolated(name) })
    : t("timeline.beginningRoom", { name: isolated(name) });
  return (
    <div className="beginning">
      <RoomPicture summary={summary} size="xl" />
      <p className="beginning-name">
        <bdi>{name}</bdi>
      </p>
      <p>{words}</p>
      {summary.topic && (
        <p className="beginning-topic">
          <bdi>{summary.topic}</bdi>
        </p>
      )}
    </div>
  );
}
