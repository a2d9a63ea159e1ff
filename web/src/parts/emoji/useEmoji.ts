import { useEffect, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { type EmojiGroup, emojiGroups } from "./emojiData.ts";
import { EmojiSearch } from "./EmojiSearch.ts";

export type EmojiSet = { readonly groups: readonly EmojiGroup[]; readonly search: EmojiSearch };

const sets = new WeakMap<readonly EmojiGroup[], EmojiSet>();

/** All emoji, once they are fetched. Nothing is fetched until `isWanted`. */
export function useEmoji(isWanted = true): EmojiSet | "loading" | "failed" {
  const { language } = useWords();
  const [state, setState] = useState<EmojiSet | "loading" | "failed">("loading");
  useEffect(() => {
    if (!isWanted) return;
    let isDrawn = true;
    emojiGroups(language).then(
      (groups) => isDrawn && setState(setOf(groups)),
      () => isDrawn && setState("failed"),
    );
    return () => void (isDrawn = false);
  }, [language, isWanted]);
  return state;
}

function setOf(groups: readonly EmojiGroup[]): EmojiSet {
  const known = sets.get(groups);
  if (known !== undefined) return known;
  const made = { groups, search: new EmojiSearch(groups) };
  sets.set(groups, made);
  return made;
}
