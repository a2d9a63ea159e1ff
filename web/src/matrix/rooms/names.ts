import type { Person, UserID } from "../contract.ts";
import { optional } from "../api/json.ts";

/** A longer display name is cut. */
const maxNameLength = 100;

/** Direction overrides and marks: they can make a name read as another. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What takes no room, or looks like nothing; U+200D stays, emoji are joined by it. */
const invisibles =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u2060-\u2064\u3164\ufeff\uffa0]/g;
// deno-lint-ignore no-control-regex -- they are what is looked for.
const controls = /[\u0000-\u001f\u007f-\u009f\ufff9-\ufffb]/g;

/**
 * A name as it may be shown: one line, no direction tricks, no towers of accents.
 * Undefined when nothing is left to show.
 */
export function cleanName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const clean = name.slice(0, 4 * maxNameLength).normalize("NFC")
    .replace(controls, " ").replace(directions, "").replace(invisibles, "")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/\s+/gu, " ").trim();
  const short = [...clean].slice(0, maxNameLength).join("");
  // Joiners and marks alone show nothing.
  return /[^\p{M}\p{Cf}\p{Z}]/u.test(short) ? short : undefined;
}

/** A file's name, without folders and tricks; its end, which tells the type, is kept. */
export function cleanFileName(name: string | undefined): string {
  const clean = (name ?? "").slice(0, 2_000)
    .replace(controls, "").replace(directions, "").replace(invisibles, "")
    .replace(/[/\\:*?"<>|]/g, "_").replace(/^\.+/, "").trim();
  return clean.length <= 200 ? clean : clean.slice(0, 100) + "…" + clean.slice(-99);
}

/** Letters that look like another, to that other; after decomposition and lower-casing. */
const lookAlikes = new Map<string, string>(
  [
    ["а", "a"],
    ["ɑ", "a"],
    ["α", "a"],
    ["в", "b"],
    ["β", "b"],
    ["с", "c"],
    ["ϲ", "c"],
    ["ԁ", "d"],
    ["е", "e"],
    ["ε", "e"],
    ["һ", "h"],
    ["н", "h"],
    ["і", "i"],
    ["ι", "i"],
    ["ı", "i"],
    ["ј", "j"],
    ["к", "k"],
    ["κ", "k"],
    ["ӏ", "l"],
    ["м", "m"],
    ["μ", "u"],
    ["п", "n"],
    ["η", "n"],
    ["о", "o"],
    ["ο", "o"],
    ["σ", "o"],
    ["р", "p"],
    ["ρ", "p"],
    ["ԛ", "q"],
    ["г", "r"],
    ["ѕ", "s"],
    ["т", "t"],
    ["τ", "t"],
    ["υ", "u"],
    ["ν", "v"],
    ["ѵ", "v"],
    ["ԝ", "w"],
    ["ω", "w"],
    ["х", "x"],
    ["χ", "x"],
    ["у", "y"],
    ["γ", "y"],
    ["з", "3"],
    ["0", "o"],
    ["1", "l"],
    ["|", "l"],
    ["i", "l"],
    ["æ", "ae"],
    ["œ", "oe"],
    ["ß", "ss"],
    ["’", "'"],
  ],
);

/**
 * What names that look the same have in common.
 *
 * `cleanName` first. A small part of Unicode's confusables: Cyrillic and Greek letters that pass
 * for Latin ones, digits that pass for letters, accents, case, width and spaces.
 */
export function skeleton(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase()
    .replace(/[\p{M}\p{Cf}\p{Z}\p{Pd}._]/gu, "");
  return Array.from(plain, (letter) => {
    const twin = lookAlikes.get(letter) ?? letter;
    return lookAlikes.get(twin) ?? twin;
  }).join("").replaceAll("rn", "m").replaceAll("vv", "w");
}

/**
 * How somebody is called: by their name; with the ID after it when the name is somebody else's
 * too, or reads like an ID; by the ID alone when there is no name.
 *
 * - Spec: Calculating the display name for a user
 */
export function personOf(
  id: UserID,
  name: string | undefined,
  avatar: string | undefined,
  isAmbiguous: boolean,
): Person {
  const clean = cleanName(name);
  const isLikeAnID = clean !== undefined && clean.startsWith("@") && clean.includes(":");
  const shown = clean === undefined || clean === id
    ? id
    : isAmbiguous || isLikeAnID
    ? `${clean} (${id})`
    : clean;
  return { id, name: shown, ...optional("avatar", avatar) };
}
