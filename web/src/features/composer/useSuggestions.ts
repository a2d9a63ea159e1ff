import { useMemo, useState } from "react";
import type { Room } from "../../matrix/contract.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";
import { useEmoji } from "../../parts/emoji/useEmoji.ts";
import { useStore } from "../../ui/useStore.ts";
import type { ComposerModel } from "./ComposerModel.ts";
import type { Suggestion } from "./completion.ts";

/** At most this many are offered at once. */
const LIMIT = 8;

const none: readonly Suggestion[] = [];

/** What the word at the cursor could become, and which of these is chosen. */
export function useSuggestions(room: Room, model: ComposerModel) {
  const completion = useStore(model.completion);
  const { notifyRoom } = useStore(room.permissions);
  const emoji = useEmoji(completion?.kind === "emoji");
  const all = useMemo<readonly Suggestion[]>(() => {
    if (completion === undefined) return none;
    if (completion.kind === "emoji") {
      if (typeof emoji === "string") return none;
      return emoji.search.find(completion.query, LIMIT)
        .map(([characters, name]) => ({ kind: "emoji", characters, name }));
    }
    const everybody: readonly Suggestion[] =
      notifyRoom && "salon".startsWith(folded(completion.query)) ? [{ kind: "everybody" }] : [];
    const people = completion.people.slice(0, LIMIT);
    return [...people.map((person) => ({ kind: "person", person }) as const), ...everybody];
  }, [completion, emoji, notifyRoom]);

  const word = completion === undefined ? "" : `${completion.kind} ${completion.query}`;
  const [choice, setChoice] = useState({ word, index: 0 });
  const index = choice.word === word ? choice.index : 0;
  const active = all.length === 0 ? 0 : Math.min(index, all.length - 1);
  const move = (step: number) =>
    setChoice({ word, index: (active + step + all.length) % Math.max(1, all.length) });
  return { all, active, move };
}
