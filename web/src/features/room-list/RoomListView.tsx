import { memo, useCallback, useDeferredValue, useId, useState } from "react";
import type { RoomID } from "../../matrix/contract.ts";
import { roomName } from "../../locales/roomName.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { IconButton } from "../../ui/Button.tsx";
import { Button } from "../../ui/Button.tsx";
import { EmptyState } from "../../ui/Feedback.tsx";
import { SearchField } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { MenuButton } from "../../ui/Menu.tsx";
import { rove } from "../../ui/rove.ts";
import { useStore } from "../../ui/useStore.ts";
import { RoomRow } from "./RoomRow.tsx";
import { inOrder, type ShownSection, shownSections } from "./sections.ts";

type Props = {
  readonly current: RoomID | undefined;
  readonly onCreateRoom: () => void;
  readonly onNewDirect: () => void;
  /** Looks for these words in all messages. */
  readonly onSearch: (text: string) => void;
};

/** All conversations of the person, in their sections. */
export const RoomListView = memo(function RoomListView(props: Props) {
  const { t, format } = useWords();
  const { rooms } = useClient();
  const sections = useStore(rooms.sections);
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query);
  const nameOf = useCallback((id: RoomID) => {
    const summary = rooms.room(id).summary.get();
    return summary === undefined ? "" : roomName(summary.name, t, format);
  }, [rooms, t, format]);
  const shown = shownSections(sections, wanted, nameOf);
  const order = inOrder(shown);
  const stop = props.current !== undefined && order.includes(props.current)
    ? props.current
    : order[0];
  const isFiltered = wanted.trim() !== "";

  return (
    <>
      <div className="rooms-filter">
        <SearchField
          label={t("rooms.filter")}
          clearLabel={t("common.clear")}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onClear={() => setQuery("")}
          onKeyDown={(event) => event.key === "Escape" && setQuery("")}
        />
        {isFiltered && (
          <button
            type="button"
            className="rooms-search"
            onClick={() => props.onSearch(wanted)}
          >
            <Icon name="search" size="s" />
            <span className="clipped">{t("search.forWords", { text: wanted.trim() })}</span>
          </button>
        )}
      </div>
      <nav
        id="rooms"
        className="rooms scrolls"
        aria-label={t("rooms.label")}
        tabIndex={-1}
        onKeyDown={rove}
      >
        {shown.map((section) => (
          <Section
            key={section.name}
            section={section}
            current={props.current}
            stop={stop}
            isFiltered={isFiltered}
            onCreateRoom={props.onCreateRoom}
            onNewDirect={props.onNewDirect}
          />
        ))}
        {isFiltered && order.length === 0 && (
          <p className="rooms-none">{t("rooms.noneFound", { query: wanted })}</p>
        )}
        {!isFiltered && order.length === 0 && <NoRooms onNewDirect={props.onNewDirect} />}
      </nav>
    </>
  );
});

type SectionProps = Omit<Props, "onSearch"> & {
  readonly section: ShownSection;
  /** The row that the Tab key stops at. */
  readonly stop: RoomID | undefined;
  readonly isFiltered: boolean;
};

function Section(props: SectionProps) {
  const { section, current, stop, isFiltered } = props;
  const { t } = useWords();
  const id = useId();
  const [isShut, setShut] = useState(false);
  const isOpen = isFiltered || !isShut;
  return (
    <section className="rooms-section" aria-labelledby={id}>
      <div className="rooms-head">
        <h2 id={id} className="rooms-title">
          <button
            type="button"
            className="rooms-toggle"
            aria-expanded={isOpen}
            onClick={() => setShut(!isShut)}
          >
            {t(section.title)}
            <Icon name={isOpen ? "chevron-down" : "chevron-right"} size="s" />
          </button>
        </h2>
        <SectionVerbs {...props} />
      </div>
      {isOpen && section.rooms.length > 0 && (
        <ul>
          {section.rooms.map((room) => (
            <li key={room}>
              <RoomRow id={room} isCurrent={room === current} isStop={room === stop} />
            </li>
          ))}
        </ul>
      )}
      {isOpen && section.rooms.length === 0 && (
        <p className="rooms-empty">
          {t(section.name === "direct" ? "rooms.noDirect" : "rooms.noRooms")}
        </p>
      )}
    </section>
  );
}

function SectionVerbs({ section, onCreateRoom, onNewDirect }: SectionProps) {
  const { t } = useWords();
  const navigator = useNavigator();
  switch (section.name) {
    case "direct":
      return <IconButton icon="add" size="s" label={t("rooms.addDirect")} onClick={onNewDirect} />;
    case "rooms":
      return (
        <MenuButton
          icon="add"
          size="s"
          label={t("rooms.addRoom")}
          items={[
            { key: "create", icon: "chat", label: t("rooms.create"), onSelect: onCreateRoom },
            {
              key: "directory",
              icon: "compass",
              label: t("directory.title"),
              onSelect: () => navigator.go({ screen: "directory" }),
            },
          ]}
        />
      );
    default:
      return null;
  }
}

function NoRooms({ onNewDirect }: { readonly onNewDirect: () => void }) {
  const { t } = useWords();
  const navigator = useNavigator();
  return (
    <EmptyState
      icon="chat"
      title={t("rooms.emptyTitle")}
      actions={
        <>
          <Button icon="compass" onClick={() => navigator.go({ screen: "directory" })}>
            {t("directory.title")}
          </Button>
          <Button icon="person-add" onClick={onNewDirect}>{t("rooms.newDirect")}</Button>
        </>
      }
    >
      {t("rooms.emptyHint")}
    </EmptyState>
  );
}
