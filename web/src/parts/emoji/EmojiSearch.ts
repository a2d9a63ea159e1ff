import type { Emoji, EmojiGroup } from "./emojiData.ts";

/** Letters without case and accents, so that « etoile » finds « étoile ». */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe");
}

type Entry = {
  readonly emoji: Emoji;
  readonly name: string;
  readonly nameWords: readonly string[];
  readonly searchWords: readonly string[];
};

/** Finds emoji by the beginnings of the words they are called by. */
export class EmojiSearch {
  readonly #entries: readonly Entry[];
  readonly #names: ReadonlyMap<string, string>;

  constructor(groups: readonly EmojiGroup[]) {
    const all = groups.flatMap((group) => group.emoji);
    this.#entries = all.map((emoji) => ({
      emoji,
      name: folded(emoji[1]),
      nameWords: words(emoji[1]),
      searchWords: words(emoji[2]),
    }));
    this.#names = new Map(all.map(([characters, name]) => [characters, name]));
  }

  nameOf(characters: string): string | undefined {
    return this.#names.get(characters);
  }

  /** Those where each word of `query` begins a word; the ones so called come first. */
  find(query: string, limit: number): readonly Emoji[] {
    const wanted = words(query);
    if (wanted.length === 0) return [];
    const found: { readonly emoji: Emoji; readonly rank: number }[] = [];
    for (const entry of this.#entries) {
      const rank = rankOf(entry, wanted);
      if (rank !== undefined) found.push({ emoji: entry.emoji, rank });
    }
    return found.sort((one, other) => one.rank - other.rank).slice(0, limit).map((one) =>
      one.emoji
    );
  }
}

/** Lower is better; undefined when a word is not found. */
function rankOf(entry: Entry, wanted: readonly string[]): number | undefined {
  if (entry.name === wanted.join(" ")) return 0;
  let rank = 1;
  for (const word of wanted) {
    if (entry.nameWords[0]?.startsWith(word)) rank += 1;
    else if (entry.nameWords.some((own) => own.startsWith(word))) rank += 2;
    else if (entry.searchWords.some((own) => own.startsWith(word))) rank += 4;
    else return undefined;
  }
  return rank;
}

function words(text: string): string[] {
  return folded(text).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
