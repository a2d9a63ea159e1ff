import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { SearchField } from "../../ui/Field.tsx";
import { Waiting } from "../../ui/Feedback.tsx";
import { useLocalSettings, useSurroundings } from "../Surroundings.tsx";
import type { Emoji, GroupName } from "./emojiData.ts";
import { gridTo } from "./grid.ts";
import { type EmojiSet, useEmoji } from "./useEmoji.ts";

const FOUND = 80;

type Props = { readonly onPick: (characters: string) => void };

/** All emoji to choose from, by group or by name. */
export function EmojiPicker({ onPick }: Props) {
  const { t } = useWords();
  const emoji = useEmoji();
  if (emoji === "loading") return <Waiting label={t("emoji.loading")} />;
  if (emoji === "failed") return <p className="emoji-none">{t("emoji.failed")}</p>;
  return <Picker emoji={emoji} onPick={onPick} />;
}

type Shown = GroupName | "recent";

function Picker({ emoji, onPick }: Props & { readonly emoji: EmojiSet }) {
  const { t } = useWords();
  const { settings } = useSurroundings();
  const { recentEmoji } = useLocalSettings();
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState<Shown>("recent");
  const grid = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);

  const list = useMemo<readonly Emoji[]>(() => {
    if (query.trim() !== "") return emoji.search.find(query, FOUND);
    if (shown !== "recent") {
      return emoji.groups.find((group) => group.name === shown)?.emoji ?? [];
    }
    return recentEmoji.map((characters) => [
      characters,
      emoji.search.nameOf(characters) ?? characters,
      "",
    ]);
  }, [emoji, query, shown, recentEmoji]);

  const pick = (characters: string) => {
    settings.use(characters);
    onPick(characters);
  };
  const first = list[0]?.[0];
  const tabs: readonly Shown[] = ["recent", ...emoji.groups.map((group) => group.name)];

  return (
    <div className="emoji-picker">
      <SearchField
        ref={box}
        label={t("emoji.search")}
        clearLabel={t("common.clear")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onClear={() => setQuery("")}
        onKeyDown={(event) => {
          if (event.key === "Enter" && first !== undefined && query !== "") {
            event.preventDefault();
            pick(first);
          }
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          grid.current?.querySelector("button")?.focus();
        }}
      />
      <div className="emoji-tabs" role="group" aria-label={t("emoji.groups")}>
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            className="emoji-tab"
            aria-pressed={query === "" && shown === name}
            aria-label={t(`emoji.${name}`)}
            data-tip={t(`emoji.${name}`)}
            onClick={() => {
              setQuery("");
              setShown(name);
            }}
          >
            {name === "recent" ? "🕘" : tabDrawings[name]}
          </button>
        ))}
      </div>
      <div
        ref={grid}
        className="emoji-grid scrolls"
        role="group"
        aria-label={query === "" ? t(`emoji.${shown}`) : t("emoji.found")}
        onKeyDown={(event) => moveInGrid(event, grid.current)}
      >
        {list.map(([characters, name], index) => (
          <button
            key={characters}
            type="button"
            className="emoji"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={name}
            title={name}
            onClick={() => pick(characters)}
          >
            {characters}
          </button>
        ))}
        {list.length === 0 && <p className="emoji-none">{t("emoji.none")}</p>}
      </div>
    </div>
  );
}

const tabDrawings: Readonly<Record<GroupName, string>> = {
  smileys: "😀",
  people: "👋",
  nature: "🌿",
  food: "🍎",
  travel: "🚆",
  activities: "⚽",
  objects: "💡",
  symbols: "❤️",
  flags: "🏁",
};

function moveInGrid(event: KeyboardEvent, grid: HTMLElement | null): void {
  const all = [...grid?.querySelectorAll<HTMLElement>("button") ?? []];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const perRow = all.filter((button) => button.offsetTop === all[0]?.offsetTop).length;
  const to = gridTo(event.key, at, all.length, perRow);
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}
