/** How many colours `avatar.css` has. */
const HUES = 8;

/** The number of the colour for a seed, in 0..<8; the same for the same seed, always. */
export function avatarHue(seed: string): number {
  let hash = 7;
  for (let i = 0; i < seed.length; i++) hash = (hash * 31 + seed.charCodeAt(i)) >>> 0;
  return hash % HUES;
}

const words = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu;

/**
 * One or two capitals that stand for a name: « Amélie Dupont [Culture] » gives « AD ».
 *
 * Only letters and digits count; a name without any gives « ? », so that marks stacked on each
 * other never spill out of the disc.
 */
export function initials(name: string): string {
  const plain = name.replace(/[[(].*$/u, "");
  const found = plain.match(words) ?? name.match(words) ?? [];
  const first = firstLetter(found[0]);
  const last = found.length > 1 ? firstLetter(found[found.length - 1]) : "";
  return first === "" ? "?" : (first + last).toLocaleUpperCase();
}

function firstLetter(word: string | undefined): string {
  const [letter] = (word ?? "").normalize("NFC").match(/[\p{L}\p{N}]/u) ?? [""];
  return letter ?? "";
}
