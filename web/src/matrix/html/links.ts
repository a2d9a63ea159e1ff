/** What a link leads to, within Matrix. */
export type MatrixLink =
  | { readonly kind: "user"; readonly userID: string }
  | { readonly kind: "room"; readonly room: string; readonly eventID?: string };

/** Schemes that a message may link to. */
const schemes = new Set(["https:", "http:", "mailto:", "tel:", "magnet:", "geo:", "matrix:"]);

/** The address as it may be linked to; undefined for what runs or reads something here. */
export function safeLink(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  return schemes.has(url.protocol) ? url.href : undefined;
}

/**
 * Reads `https://matrix.to/#/…` and `matrix:…`.
 *
 * - Spec: Appendices, URIs
 */
export function matrixLink(href: string): MatrixLink | undefined {
  const to = /^https:\/\/matrix\.to\/#\/([^/?]+)(?:\/([^/?]+))?/.exec(href);
  if (to !== null) return linkTo(decoded(to[1]), decoded(to[2]));
  const uri = /^matrix:(u|r|roomid)\/([^/?]+)(?:\/e\/([^/?]+))?/.exec(href);
  if (uri === null) return undefined;
  const sigil = uri[1] === "u" ? "@" : uri[1] === "r" ? "#" : "!";
  const event = decoded(uri[3]);
  return linkTo(sigil + decoded(uri[2]), event === "" ? "" : "$" + event);
}

function linkTo(id: string, event: string): MatrixLink | undefined {
  if (id.length < 2 || id.length > 255) return undefined;
  if (/^@[^:]+:/.test(id)) return { kind: "user", userID: id };
  if (!id.startsWith("#") && !id.startsWith("!")) return undefined;
  return event.startsWith("$")
    ? { kind: "room", room: id, eventID: event }
    : { kind: "room", room: id };
}

function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return "";
  }
}

/** - Spec: Appendices, matrix.to navigation */
export function userLink(userID: string): string {
  return `https://matrix.to/#/${
    encodeURIComponent(userID).replace("%40", "@").replace("%3A", ":")
  }`;
}

/** Addresses in plain text: with a scheme, or beginning with www. */
export const linkPattern = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/gi;

/**
 * What of a match of `linkPattern` is the address: not the punctuation that follows it, nor a
 * closing parenthesis that was opened before it.
 */
export function trimLink(match: string): string {
  let link = match;
  for (;;) {
    const last = link.at(-1) ?? "";
    const isPunctuation = ".,;:!?…»”’*_~".includes(last);
    const isUnopened = (last === ")" && count(link, "(") < count(link, ")")) ||
      (last === "]" && count(link, "[") < count(link, "]"));
    if (last === "" || (!isPunctuation && !isUnopened)) return link;
    link = link.slice(0, -1);
  }
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
