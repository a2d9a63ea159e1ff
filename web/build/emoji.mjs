// The emoji, with their names and search words in one language, from Unicode's own data.
//
// Debian: unicode-data (emoji-test.txt), unicode-cldr-core (annotations).

import { readFileSync } from "node:fs";

const unicode = "/usr/share/unicode";

/** The groups of emoji-test.txt, by the names that `locales/` has for them. */
const groups = {
  "Smileys & Emotion": "smileys",
  "People & Body": "people",
  "Animals & Nature": "nature",
  "Food & Drink": "food",
  "Travel & Places": "travel",
  "Activities": "activities",
  "Objects": "objects",
  "Symbols": "symbols",
  "Flags": "flags",
};

/**
 * `{ groups: [{ name, emoji: [[characters, name, search words], …] }, …] }`, in Unicode's order.
 * Without the variants of skin colour, of which there are more than of all the others.
 */
export function emojiData(language) {
  const words = annotations(language);
  const made = [];
  let group;
  for (const line of readFileSync(`${unicode}/emoji/emoji-test.txt`, "utf8").split("\n")) {
    const heading = /^# group: (.+)$/.exec(line);
    if (heading) {
      group = groups[heading[1]] && { name: groups[heading[1]], emoji: [] };
      if (group) made.push(group);
      continue;
    }
    const entry = /^([0-9A-F ]+?) *; fully-qualified +#/.exec(line);
    if (!entry || !group) continue;
    const points = entry[1].split(" ").map((point) => parseInt(point, 16));
    if (points.some((point) => point >= 0x1f3fb && point <= 0x1f3ff)) continue;
    const characters = String.fromCodePoint(...points);
    const known = words.get(characters.replaceAll("\ufe0f", ""));
    if (known?.name) group.emoji.push([characters, known.name, known.search ?? ""]);
  }
  return { groups: made };
}

function annotations(language) {
  const found = new Map();
  for (const folder of ["annotations", "annotationsDerived"]) {
    const text = readFileSync(`${unicode}/cldr/common/${folder}/${language}.xml`, "utf8");
    for (
      const [, characters, type, words] of text.matchAll(
        /<annotation cp="([^"]+)"( type="tts")?[^>]*>([^<]*)<\/annotation>/g,
      )
    ) {
      const key = unescaped(characters).replaceAll("\ufe0f", "");
      const entry = found.get(key) ?? {};
      if (type) entry.name = unescaped(words);
      else entry.search = unescaped(words).split(" | ").join(" ");
      found.set(key, entry);
    }
  }
  for (const entry of found.values()) entry.search = onlyNew(entry.search ?? "", entry.name ?? "");
  return found;
}

/** The search words that the name does not hold already. */
function onlyNew(search, name) {
  const known = new Set(name.toLowerCase().split(/[\s:’'-]+/));
  return [...new Set(search.split(/\s+/))]
    .filter((word) => word.length > 1 && !known.has(word.toLowerCase()))
    .join(" ");
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
