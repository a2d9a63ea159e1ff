/**
 * HTML that others wrote, made fit to be shown.
 *
 * What came is parsed in a document that is inert: nothing in it loads, runs or is drawn. Out of
 * that, what is on the list below is built again, element by element; nothing is ever cleaned and
 * kept. For the tab's own thread, since a worker has no DOM.
 *
 * - Spec: m.room.message msgtypes, the list of tags and attributes
 */
import { linkPattern, matrixLink, safeLink, trimLink } from "./links.ts";

/** Tags to build again, and as what. */
const allowed = new Map<string, keyof HTMLElementTagNameMap>([
  ...([
    ...[
      "del",
      "h1",
      "h2",
      "h3",
      "h4",
      "h5",
      "h6",
      "blockquote",
      "p",
      "a",
      "ul",
      "ol",
      "sup",
      "sub",
    ],
    ...["li", "b", "i", "u", "strong", "em", "s", "code", "hr", "br", "div", "table", "thead"],
    ...["tbody", "tr", "th", "td", "caption", "pre", "span", "details", "summary"],
  ] as const).map((tag) => [tag, tag] as const),
  ["strike", "s"],
  ["font", "span"],
]);

/** Tags whose content is no text to be read: left out with all that is in them. */
const dropped = new Set([
  ...["script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "frameset"],
  ...[
    "x-style",
    "svg",
    "math",
    "textarea",
    "select",
    "option",
    "title",
    "head",
    "noembed",
    "noframes",
  ],
  ...["plaintext", "xmp", "audio", "video", "canvas", "mx-reply", "form", "button", "input"],
]);

/** - Spec: clients should limit how deep tags nest, to 100. */
const maxDepth = 100;
/** More elements and texts than this cannot come from an event of 64 KiB that means well. */
const maxNodes = 20_000;

// deno-lint-ignore no-control-regex -- they are what is looked for.
const tricks = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2063\u2066-\u2069]/g;

/** Put into the names of what must not be there; and taken out of every text and address again. */
const mute = "\u2063";

/** `formatted_body` as nodes for the page. */
export function sanitize(html: string): DocumentFragment {
  const inert = new DOMParser().parseFromString(muted(html), "text/html");
  const result = document.createDocumentFragment();
  copy(inert.body, result, { depth: 0, left: { count: maxNodes }, isLinked: false, isCode: false });
  return result;
}

/** A plain `body` as nodes for the page: text, with addresses as links. */
export function textToNodes(text: string): DocumentFragment {
  const result = document.createDocumentFragment();
  addText(result, text, true);
  return result;
}

/**
 * The same HTML with handlers, styles and bases under names that mean nothing.
 *
 * None of them would do anything in an inert document, but browsers report them as violations of
 * the content security policy, and a report that means nothing hides one that does.
 */
function muted(html: string): string {
  return html.replace(/(on[a-z]+|style)(\s*=)/gi, `$1${mute}$2`)
    .replace(/<(\/?)(style|base|link|meta)(?=[\s/>])/gi, "<$1x-$2");
}

type Place = {
  readonly depth: number;
  readonly left: { count: number };
  readonly isLinked: boolean;
  readonly isCode: boolean;
};

function copy(from: Node, to: Node, place: Place): void {
  for (const node of from.childNodes) {
    if (place.left.count-- <= 0) return;
    if (node instanceof Text || node.nodeType === Node.TEXT_NODE) {
      addText(to, node.nodeValue ?? "", !place.isLinked && !place.isCode);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      copyElement(node as Element, to, place);
    }
  }
}

function copyElement(element: Element, to: Node, place: Place): void {
  const tag = element.localName.toLowerCase();
  if (dropped.has(tag) || element.namespaceURI !== "http://www.w3.org/1999/xhtml") return;
  if (tag === "img") return addText(to, element.getAttribute("alt") ?? "", false);
  const made = allowed.get(tag);
  const depth = place.depth + 1;
  // What is too deep, or not on the list, is read without its tags.
  if (made === undefined || depth > maxDepth || (tag === "a" && place.isLinked)) {
    return depth > 4 * maxDepth ? undefined : copy(element, to, { ...place, depth });
  }
  const copied = document.createElement(made);
  const isCode = place.isCode || tag === "code" || tag === "pre";
  const isLinked = place.isLinked || tag === "a";
  copy(element, copied, { ...place, depth, isCode, isLinked });
  setAttributes(element, copied, tag);
  to.appendChild(copied);
}

function setAttributes(from: Element, to: HTMLElement, tag: string): void {
  switch (tag) {
    case "a":
      setLink(to as HTMLAnchorElement, from.getAttribute("href") ?? "");
      break;
    case "ol": {
      const start = Number(from.getAttribute("start") ?? NaN);
      if (Number.isInteger(start) && Math.abs(start) < 1e9) to.setAttribute("start", String(start));
      break;
    }
    case "code": {
      const language = /(?:^|\s)(language-[\w+#.-]{1,32})(?:\s|$)/.exec(from.className)?.[1];
      if (language !== undefined) to.className = language;
      break;
    }
    case "span": {
      const reason = from.getAttribute("data-mx-spoiler");
      if (reason === null) break;
      to.className = "spoiler";
      if (reason !== "") to.dataset["reason"] = reason.slice(0, 200).replace(tricks, "");
      break;
    }
  }
}

function setLink(link: HTMLAnchorElement, href: string): void {
  const address = href.replaceAll(mute, "").trim();
  const safe = safeLink(address);
  if (safe === undefined) return;
  const target = matrixLink(address);
  link.href = safe;
  if (target !== undefined) {
    link.className = "mention";
    if (target.kind === "user") link.dataset["userId"] = target.userID;
    else {
      link.dataset["roomId"] = target.room;
      if (target.eventID !== undefined) link.dataset["eventId"] = target.eventID;
    }
    return;
  }
  link.target = "_blank";
  link.rel = "noreferrer noopener";
  link.title = safe;
  // A text that names one place and leads to another is replaced by where it leads.
  const shown = hostIn(link.textContent ?? "");
  if (shown !== undefined && shown !== hostIn(safe)) link.textContent = safe;
}

/** The host of a text that reads as an address. */
function hostIn(text: string): string | undefined {
  const plain = text.trim();
  if (!/^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/@]+\.[^\s/]{2,}(?:\/\S*)?$/i.test(plain)) return undefined;
  try {
    const { hostname } = new URL(plain.includes("://") ? plain : `https://${plain}`);
    return hostname.replace(/^www\./, "").toLowerCase();
  } catch {
    return undefined;
  }
}

function addText(to: Node, raw: string, finds: boolean): void {
  const text = raw.replace(tricks, "");
  if (!finds) return void to.appendChild(document.createTextNode(text));
  let from = 0;
  for (const match of text.matchAll(linkPattern)) {
    const shown = trimLink(match[0]);
    const href = safeLink(/^www\./i.test(shown) ? `https://${shown}` : shown);
    if (href === undefined) continue;
    to.appendChild(document.createTextNode(text.slice(from, match.index)));
    const link = document.createElement("a");
    link.textContent = shown;
    setLink(link, href);
    to.appendChild(link);
    from = match.index + shown.length;
  }
  if (from < text.length) to.appendChild(document.createTextNode(text.slice(from)));
}
