import type { Language } from "../../locales/translate.ts";

/** Its characters, its name, and more words to find it by. */
export type Emoji = readonly [characters: string, name: string, search: string];

export type EmojiGroup = { readonly name: GroupName; readonly emoji: readonly Emoji[] };

export type GroupName =
  | "smileys"
  | "people"
  | "nature"
  | "food"
  | "travel"
  | "activities"
  | "objects"
  | "symbols"
  | "flags";

const fetched = new Map<Language, Promise<readonly EmojiGroup[]>>();

/** All emoji with their names in this language; fetched when first asked for. */
export function emojiGroups(language: Language): Promise<readonly EmojiGroup[]> {
  const known = fetched.get(language);
  if (known !== undefined) return known;
  const made = load(language);
  fetched.set(language, made);
  made.catch(() => fetched.delete(language));
  return made;
}

async function load(language: Language): Promise<readonly EmojiGroup[]> {
  const answer = await fetch(new URL(`emoji-${language}.json`, document.baseURI));
  if (!answer.ok) throw new Error(`emoji-${language}.json: ${answer.status}`);
  const { groups } = await answer.json() as { readonly groups: readonly EmojiGroup[] };
  return groups;
}
