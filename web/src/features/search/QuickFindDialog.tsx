import { type KeyboardEvent, useId, useMemo, useState } from "react";
import type { RoomID } from "../../matrix/contract.ts";
import { roomName } from "../../locales/roomName.ts";
import { useWords } from "../../locales/Words.tsx";
import { RoomPicture } from "../../parts/Picture.tsx";
import { useClient, useNavigator, useRoom } from "../../parts/Surroundings.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { type Candidate, quickFind } from "./quickFind.ts";

type Props = {
  readonly onClose: () => void;
  /** Looks for these words in all messages. */
  readonly onSearch: (text: string) => void;
};

/** Goes to a conversation by typing some of its name; or to the messages that have the words. */
export function QuickFindDialog({ onClose, onSearch }: Props) {
  const { t } = useWords();
  const navigator = useNavigator();
  const all = useCandidates();
  const id = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const found = useMemo(() => quickFind(all, query), [all, query]);
  // The last one stands for the messages.
  const count = found.length + 1;
  const active = Math.min(chosen, count - 1);
  const open = (roomID: RoomID) => {
    onClose();
    navigator.go({ screen: "room", roomID });
  };
  const search = () => {
    onClose();
    onSearch(query);
  };
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const room = found[active];
    if (event.key === "Enter") {
      event.preventDefault();
      if (room === undefined) search();
      else open(room.id);
    }
    if (step === 0) return;
    event.preventDefault();
    setChosen((active + step + count) % count);
  };
  return (
    <Dialog title={t("find.title")} closeLabel={t("common.close")} onClose={onClose}>
      <div className="find">
        <span className="search-field">
          <Icon name="search" />
          <input
            data-autofocus
            className="search-input"
            role="combobox"
            aria-label={t("find.label")}
            aria-expanded
            aria-controls={id}
            aria-autocomplete="list"
            aria-activedescendant={`${id}-${active}`}
            placeholder={t("find.label")}
            autoComplete="off"
            spellCheck={false}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setChosen(0);
            }}
            onKeyDown={move}
          />
        </span>
        <ul id={id} className="find-list" role="listbox" aria-label={t("find.found")}>
          {found.map((room, index) => (
            <li
              key={room.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className="completion"
              onClick={() => open(room.id)}
              onPointerMove={() => setChosen(index)}
            >
              <FoundRoom room={room} />
            </li>
          ))}
          <li
            id={`${id}-${found.length}`}
            role="option"
            aria-selected={active === found.length}
            className="completion find-messages"
            onClick={search}
            onPointerMove={() => setChosen(found.length)}
          >
            <Icon name="search" />
            <span className="clipped">
              {query.trim() === ""
                ? t("search.title")
                : t("search.forWords", { text: query.trim() })}
            </span>
          </li>
        </ul>
        {found.length === 0 && <p className="people-hint">{t("find.none")}</p>}
      </div>
    </Dialog>
  );
}

function FoundRoom({ room }: { readonly room: Candidate }) {
  const summary = useStore(useRoom(room.id).summary);
  return (
    <>
      {summary && <RoomPicture summary={summary} size="s" />}
      <bdi className="clipped">{room.name}</bdi>
    </>
  );
}

/** All conversations, as they are when the window opens. */
function useCandidates(): readonly Candidate[] {
  const { t, format } = useWords();
  const { rooms } = useClient();
  return useMemo(() => {
    const { favourites, direct, rooms: others, lowPriority, invites } = rooms.sections.get();
    return [...invites, ...favourites, ...direct, ...others, ...lowPriority].flatMap((id) => {
      const summary = rooms.room(id).summary.get();
      if (summary === undefined) return [];
      const { lastActivityTS } = summary;
      return [{ id, name: roomName(summary.name, t, format), lastActivityTS }];
    });
  }, [rooms, t, format]);
}
