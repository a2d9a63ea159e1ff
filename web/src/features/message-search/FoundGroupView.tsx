import { memo, useId } from "react";
import type { EventID, FoundMessage } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import { roomName } from "../../locales/roomName.ts";
import { useWords } from "../../locales/Words.tsx";
import { PersonPicture, RoomPicture } from "../../parts/Picture.tsx";
import { address } from "../../parts/routes.ts";
import { useRoom } from "../../parts/Surroundings.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { excerpt, wordsIn } from "./excerpt.ts";
import type { FoundGroup } from "./foundGroups.ts";

type Props = {
  readonly group: FoundGroup;
  readonly words: readonly string[];
  /** The room is named above. */
  readonly hasTitle: boolean;
  /** The message that the Tab key stops at. */
  readonly stop: EventID | undefined;
  /** The message that was gone to. */
  readonly chosen: EventID | undefined;
  readonly onOpen: (message: FoundMessage) => void;
};

/** What was found in one room. */
export function FoundGroupView({ group, hasTitle, ...rest }: Props) {
  const { t } = useWords();
  const id = useId();
  return (
    <div className="found-group">
      {hasTitle && <GroupTitle id={id} group={group} />}
      <ul
        aria-labelledby={hasTitle ? id : undefined}
        aria-label={hasTitle ? undefined : t("search.results")}
      >
        {group.messages.map((message) => (
          <li key={message.eventID}>
            <FoundRow
              message={message}
              words={rest.words}
              isStop={message.eventID === rest.stop}
              isChosen={message.eventID === rest.chosen}
              onOpen={rest.onOpen}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function GroupTitle({ id, group }: { readonly id: string; readonly group: FoundGroup }) {
  const { t, format } = useWords();
  const summary = useStore(useRoom(group.roomID).summary);
  return (
    <h2 id={id} className="found-room">
      {summary && <RoomPicture summary={summary} size="xs" />}
      <bdi className="clipped">
        {summary === undefined ? t("room.empty") : roomName(summary.name, t, format)}
      </bdi>
    </h2>
  );
}

type RowProps = {
  readonly message: FoundMessage;
  readonly words: readonly string[];
  readonly isStop: boolean;
  readonly isChosen: boolean;
  readonly onOpen: (message: FoundMessage) => void;
};

const FoundRow = memo(function FoundRow(props: RowProps) {
  const { message, words, isStop, isChosen, onOpen } = props;
  const { format } = useWords();
  const { roomID, eventID, sender, ts } = message;
  return (
    <a
      className="found"
      data-rove
      data-autofocus={isChosen || undefined}
      tabIndex={isStop ? 0 : -1}
      href={address({ screen: "room", roomID, eventID })}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(message);
      }}
    >
      <PersonPicture person={sender} size="s" />
      <span className="found-words">
        <span className="found-head">
          <bdi className="found-name clipped">{sender.name}</bdi>
          <time
            className="found-time"
            dateTime={new Date(ts).toISOString()}
            data-tip={format.full(ts)}
          >
            {format.brief(ts, Date.now())}
          </time>
        </span>
        <Excerpt message={message} words={words} />
      </span>
    </a>
  );
});

type ExcerptProps = { readonly message: FoundMessage; readonly words: readonly string[] };

function Excerpt({ message, words }: ExcerptProps) {
  const { say } = useWords();
  const { content } = message;
  const text = wordsIn(content);
  return (
    <span className="found-text" dir="auto">
      {content.kind !== "text" && content.kind !== "location" && <Icon name="attach" size="s" />}
      {text === ""
        ? say(describe(message))
        : excerpt(text, words).map((piece, index) =>
          piece.isFound
            ? <mark key={index}>{piece.text}</mark>
            : <span key={index}>{piece.text}</span>
        )}
    </span>
  );
}
