import { asEventID } from "../api/identifiers.ts";
import { field, type JsonObject, optional, stringIn, stringsIn } from "../api/json.ts";
import type { EventID, Mention, OutgoingText, UserID } from "../contract.ts";
import { markdownToHTML } from "../html/markdown.ts";

/** The event that a new one follows in its thread, if the one that it answers is in one. */
export type ReplyTarget = {
  readonly id: EventID;
  readonly sender: UserID;
  readonly threadRoot?: EventID;
};

/**
 * The content of the `m.room.message` that says this.
 *
 * - Spec: m.room.message msgtypes; Rich replies; User and room mentions
 */
export function textContent(
  message: OutgoingText,
  self: UserID,
  replyTo?: ReplyTarget,
): JsonObject {
  return {
    ...textBody(message),
    "m.mentions": mentionsOf(message, self, replyTo),
    ...optional("m.relates_to", replyTo && replyRelation(replyTo)),
  };
}

/**
 * The content that replaces that of `original`.
 *
 * - Spec: Event replacements; Edits of events with mentions: those who were told already are not
 *   told again.
 */
export function editContent(
  message: OutgoingText,
  self: UserID,
  original: EventID,
  wereMentioned: readonly UserID[],
): JsonObject {
  const body = textBody(message);
  const all = mentionsOf(message, self);
  const news = (all.user_ids ?? []).filter((id) => !wereMentioned.includes(id));
  const html = stringIn(body, "formatted_body");
  return {
    ...body,
    // For clients that know no edits.
    body: `* ${stringIn(body, "body")}`,
    ...(html === undefined ? {} : { formatted_body: `* ${html}` }),
    "m.mentions": news.length > 0 ? { user_ids: news } : {},
    "m.new_content": { ...body, "m.mentions": all },
    "m.relates_to": { rel_type: "m.replace", event_id: original },
  };
}

/** - Spec: Event annotations and reactions */
export function reactionContent(target: EventID, key: string): JsonObject {
  return { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } };
}

/** What to put into the composer to edit a message that says `content`. */
export function editableText(content: JsonObject): OutgoingText {
  const html = stringIn(content, "formatted_body") ?? "";
  const mentions = stringsIn(field(content, "m.mentions"), "user_ids").flatMap((userID) => {
    const text = pillText(html, userID);
    return text === undefined ? [] : [{ userID, text }];
  });
  return {
    text: stringIn(content, "body") ?? "",
    mentions,
    mentionsRoom: field(field(content, "m.mentions"), "room") === true,
    isEmote: stringIn(content, "msgtype") === "m.emote",
  };
}

export function replyRelation({ id, threadRoot }: ReplyTarget): JsonObject {
  const reply = { "m.in_reply_to": { event_id: id } };
  return threadRoot === undefined
    ? reply
    : { ...reply, rel_type: "m.thread", event_id: threadRoot, is_falling_back: false };
}

/** The thread that an event is in. */
export function threadOf(content: JsonObject): EventID | undefined {
  const relation = field(content, "m.relates_to");
  return stringIn(relation, "rel_type") === "m.thread"
    ? asEventID(field(relation, "event_id"))
    : undefined;
}

function textBody(message: OutgoingText): JsonObject {
  const text = message.text.trim();
  const html = markdownToHTML(text, message.mentions);
  return {
    msgtype: message.isEmote === true ? "m.emote" : "m.text",
    body: text,
    ...(html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
  };
}

function mentionsOf(
  message: OutgoingText,
  self: UserID,
  replyTo?: ReplyTarget,
): { readonly user_ids?: readonly UserID[]; readonly room?: true } {
  const meant = (message.mentions ?? []).filter(isStillThere(message.text)).map((one) =>
    one.userID
  );
  // Who is answered is told.
  const all = new Set(replyTo === undefined ? meant : [...meant, replyTo.sender]);
  all.delete(self);
  return {
    ...(all.size === 0 ? {} : { user_ids: [...all] }),
    ...(message.mentionsRoom === true ? { room: true } : {}),
  };
}

function isStillThere(text: string): (mention: Mention) => boolean {
  return (mention) => mention.text !== "" && text.includes(mention.text);
}

/** The words that link to this person in HTML that we have made ourselves. */
function pillText(html: string, userID: UserID): string | undefined {
  for (const [, href, text] of html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)) {
    const target = href?.replaceAll("&amp;", "&").replace("https://matrix.to/#/", "");
    if (target === undefined || safeDecode(target) !== userID) continue;
    return text?.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
  }
  return undefined;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
