import type { Mention } from "../contract.ts";
import { escapeHTML } from "./escape.ts";
import { linkPattern, safeLink, trimLink, userLink } from "./links.ts";

/** Deeper lists and quotes are kept as text. */
const maxDepth = 6;

/**
 * Turns what somebody typed into the HTML of `formatted_body`.
 *
 * A small part of Markdown, the part that people type: `**bold**`, `*italic*` or `_italic_`,
 * `~~strike~~`, `` `code` ``, fenced code, lists, `> quotes`, `[links](https://…)`, addresses, and
 * `# headings`. A line break is a line break. Everything else is text and is escaped: no HTML that
 * is typed gets through.
 *
 * Undefined when the result would say no more than the text does.
 */
export function markdownToHTML(
  text: string,
  mentions: readonly Mention[] = [],
): string | undefined {
  const html = blocks(text.replaceAll("\r\n", "\n").split("\n"), mentions, 0);
  const isPlain = html === escapeHTML(text).replaceAll("\n", "<br>");
  return isPlain ? undefined : html;
}

// Blocks, line by line.

function blocks(lines: readonly string[], mentions: readonly Mention[], depth: number): string {
  const parts: { html: string; isText: boolean }[] = [];
  let text: string[] = [];
  const flush = () => {
    if (text.some((line) => line.trim() !== "")) {
      for (const paragraph of paragraphs(text)) {
        parts.push({ html: inline(paragraph.join("\n"), mentions), isText: true });
      }
    }
    text = [];
  };
  for (let index = 0; index < lines.length;) {
    const rest = lines.slice(index);
    const block = depth < maxDepth ? blockAt(rest, mentions, depth) : undefined;
    if (block === undefined) {
      text.push(lines[index] ?? "");
      index += 1;
    } else {
      flush();
      parts.push({ html: block.html, isText: false });
      index += block.lines;
    }
  }
  flush();
  // A message of one paragraph needs no <p>; several, or one beside a list, do.
  if (parts.length === 1) return parts[0]?.html ?? "";
  return parts.map(({ html, isText }) => isText ? `<p>${html}</p>` : html).join("");
}

function paragraphs(lines: readonly string[]): string[][] {
  const all: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() !== "") all.at(-1)?.push(line);
    else if (all.at(-1)?.length !== 0) all.push([]);
  }
  return all.filter((paragraph) => paragraph.length > 0);
}

type Block = { readonly html: string; readonly lines: number };

function blockAt(
  lines: readonly string[],
  mentions: readonly Mention[],
  depth: number,
): Block | undefined {
  return fence(lines) ?? quote(lines, mentions, depth) ?? list(lines, mentions, depth) ??
    heading(lines, mentions);
}

function fence(lines: readonly string[]): Block | undefined {
  const open = /^\s{0,3}```\s*([\w+#.-]{0,32})\s*$/.exec(lines[0] ?? "");
  if (open === null) return undefined;
  const close = lines.findIndex((line, index) => index > 0 && /^\s{0,3}```\s*$/.test(line));
  const end = close < 0 ? lines.length : close;
  const language = open[1] === "" ? "" : ` class="language-${escapeHTML(open[1] ?? "")}"`;
  const code = escapeHTML(lines.slice(1, end).join("\n"));
  return { html: `<pre><code${language}>${code}\n</code></pre>`, lines: end + 1 };
}

function quote(
  lines: readonly string[],
  mentions: readonly Mention[],
  depth: number,
): Block | undefined {
  const count = lines.findIndex((line) => !/^\s{0,3}>/.test(line));
  const quoted = lines.slice(0, count < 0 ? lines.length : count);
  if (quoted.length === 0) return undefined;
  const inner = quoted.map((line) => line.replace(/^\s{0,3}> ?/, ""));
  return {
    html: `<blockquote>${blocks(inner, mentions, depth + 1)}</blockquote>`,
    lines: quoted.length,
  };
}

const bullet = /^(\s{0,3})(?:[-*+]|(\d{1,9})[.)])\s+(\S.*)$/;

function list(
  lines: readonly string[],
  mentions: readonly Mention[],
  depth: number,
): Block | undefined {
  const first = bullet.exec(lines[0] ?? "");
  if (first === null) return undefined;
  const isOrdered = first[2] !== undefined;
  const indent = first[1]?.length ?? 0;
  const items: string[][] = [];
  let index = 0;
  for (; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const item = bullet.exec(line);
    const isNested = (item?.[1]?.length ?? 0) > indent + 1;
    if (item !== null && !isNested && (item[2] !== undefined) === isOrdered) {
      items.push([item[3] ?? ""]);
    } else if (/^\s{2,}\S/.test(line)) items.at(-1)?.push(line.replace(/^\s{1,4}/, ""));
    else break;
  }
  const inner = items.map((item) => `<li>${blocks(item, mentions, depth + 1)}</li>`).join("");
  const start = isOrdered && first[2] !== "1" ? ` start="${Number(first[2])}"` : "";
  return {
    html: isOrdered ? `<ol${start}>${inner}</ol>` : `<ul>${inner}</ul>`,
    lines: index,
  };
}

function heading(lines: readonly string[], mentions: readonly Mention[]): Block | undefined {
  const match = /^(#{1,6})\s+(\S.*?)\s*#*$/.exec(lines[0] ?? "");
  if (match === null) return undefined;
  const level = match[1]?.length ?? 1;
  return { html: `<h${level}>${inline(match[2] ?? "", mentions)}</h${level}>`, lines: 1 };
}

// Within a line.

/** What is settled already, and must not be looked into again. */
type Piece = string | { readonly html: string };

function inline(text: string, mentions: readonly Mention[]): string {
  let pieces: Piece[] = [text];
  pieces = split(pieces, /(`+)(?!`)([^]*?[^`])\1(?!`)/g, (match) => {
    const code = (match[2] ?? "").replace(/^ (.*) $/, "$1");
    return `<code>${escapeHTML(code)}</code>`;
  });
  pieces = split(pieces, /\\([\\`*_{}[\]()#+.!~>|-])/g, (match) => escapeHTML(match[1] ?? ""));
  for (const { userID, text } of longestFirst(mentions)) {
    pieces = split(pieces, new RegExp(escapeRegExp(text), "g"), () => {
      return `<a href="${escapeHTML(userLink(userID))}">${escapeHTML(text)}</a>`;
    });
  }
  pieces = split(
    pieces,
    /\[([^\]\n]{1,500})\]\(\s*([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\s*\)/g,
    (match) => {
      const link = safeLink(match[2] ?? "");
      if (link === undefined) return undefined;
      return `<a href="${escapeHTML(link)}">${emphasis([match[1] ?? ""])}</a>`;
    },
  );
  pieces = pieces.flatMap((piece) => typeof piece === "string" ? linked(piece) : [piece]);
  return emphasis(pieces).replaceAll("\n", "<br>");
}

function linked(text: string): Piece[] {
  return split([text], linkPattern, (match) => {
    const shown = trimLink(match[0]);
    const link = safeLink(/^www\./i.test(shown) ? `https://${shown}` : shown);
    if (link === undefined) return undefined;
    const rest = match[0].slice(shown.length);
    return `<a href="${escapeHTML(link)}">${escapeHTML(shown)}</a>${escapeHTML(rest)}`;
  });
}

/** Replaces the matches in what is still text. `make` may leave one as it is. */
function split(
  pieces: readonly Piece[],
  pattern: RegExp,
  make: (match: RegExpMatchArray) => string | undefined,
): Piece[] {
  return pieces.flatMap((piece): Piece[] => {
    if (typeof piece !== "string") return [piece];
    const parts: Piece[] = [];
    let from = 0;
    for (const match of piece.matchAll(pattern)) {
      const html = make(match);
      if (html === undefined) continue;
      parts.push(piece.slice(from, match.index), { html });
      from = match.index + match[0].length;
    }
    return [...parts, piece.slice(from)];
  });
}

const styles = [
  { mark: "***", open: "<strong><em>", close: "</em></strong>", isWord: false },
  { mark: "**", open: "<strong>", close: "</strong>", isWord: false },
  { mark: "__", open: "<strong>", close: "</strong>", isWord: true },
  { mark: "~~", open: "<del>", close: "</del>", isWord: false },
  { mark: "*", open: "<em>", close: "</em>", isWord: false },
  { mark: "_", open: "<em>", close: "</em>", isWord: true },
] as const;

/**
 * Bold, italic and strike, across pieces that are settled.
 *
 * Settled pieces stand as single private letters meanwhile, so that one pass sees the whole line.
 */
function emphasis(pieces: readonly Piece[]): string {
  const settled: string[] = [];
  const line = pieces.map((piece) => {
    // Private letters that were typed stay text: they are settled as themselves.
    if (typeof piece !== "string") return place(settled, piece.html);
    return piece.replace(/[\uE000\uE001]/g, (letter) => place(settled, letter));
  }).join("");
  const html = styled(escapeHTML(line), 0);
  return html.replace(/\uE000(\d+)\uE001/g, (_, index) => settled[Number(index)] ?? "");
}

function place(settled: string[], html: string): string {
  return `\uE000${settled.push(html) - 1}\uE001`;
}

function styled(text: string, depth: number): string {
  if (depth > maxDepth) return text;
  for (const { mark, open, close, isWord } of styles) {
    const from = opening(text, mark, isWord);
    if (from < 0) continue;
    const to = closing(text, mark, isWord, from + mark.length);
    if (to < 0) continue;
    return styled(text.slice(0, from), depth + 1) + open +
      styled(text.slice(from + mark.length, to), depth + 1) + close +
      styled(text.slice(to + mark.length), depth);
  }
  return text;
}

/** Where a mark opens: before something, and, for `_`, not within a word. */
function opening(text: string, mark: string, isWord: boolean): number {
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + mark.length] ?? " ";
    if (/\s/.test(after) || after === mark[0]) continue;
    if (before === mark[0] || (isWord && /[\p{L}\p{N}]/u.test(before))) continue;
    if (closing(text, mark, isWord, at + mark.length) >= 0) return at;
  }
  return -1;
}

function closing(text: string, mark: string, isWord: boolean, from: number): number {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + mark.length] ?? " ";
    if (at === from || /\s/.test(before)) continue;
    // Of a run of marks, the last ones close.
    if (after === mark[0]) continue;
    if (isWord && /[\p{L}\p{N}]/u.test(after)) continue;
    return at;
  }
  return -1;
}

function longestFirst(mentions: readonly Mention[]): readonly Mention[] {
  return mentions.filter(({ text }) => text !== "")
    .toSorted((a, b) => b.text.length - a.text.length);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
