import type {
  EventContent,
  MembershipContent,
  Person,
  PowerChange,
  Preview,
  StateContent,
  UnreadableReason,
} from "../matrix/contract.ts";
import { isolated, type Key, type Sentence } from "./translate.ts";

type Said = { readonly sender: Person; readonly content: EventContent };

/**
 * What happened, in one line of plain text: for the list of rooms, quotes, notifications and
 * screen readers. Words people wrote come as they are, on one line.
 */
export function describe({ sender, content }: Said): Sentence {
  switch (content.kind) {
    case "text":
      return content.style === "emote"
        ? {
          key: "said.emote",
          values: { name: isolated(sender.name), text: oneLine(content.body) },
        }
        : { key: "said.text", values: { text: oneLine(content.body) } };
    case "image":
      return attached("said.image", content.caption);
    case "sticker":
      return attached("said.sticker", content.caption);
    case "video":
      return attached("said.video", content.caption);
    case "audio":
      return attached(content.isVoice ? "said.voice" : "said.audio", content.caption);
    case "file":
      return { key: "said.file", values: { name: isolated(content.fileName) } };
    case "location":
      return { key: "said.location" };
    case "redacted":
      return { key: "said.redacted" };
    case "unreadable":
      return {
        key: content.cause === "encrypted" ? "said.unreadable" : "said.malformed",
      };
    case "unsupported":
      return { key: "said.unsupported" };
    case "membership":
      return describeMembership(sender, content);
    default:
      return describeState(sender, content);
  }
}

/** True for what the room did rather than what somebody said: it is told without « Amélie : ». */
export function isTold(content: EventContent): boolean {
  switch (content.kind) {
    case "text":
      return content.style === "emote";
    case "image":
    case "sticker":
    case "video":
    case "audio":
    case "file":
    case "location":
    case "redacted":
    case "unreadable":
    case "unsupported":
      return false;
    default:
      return true;
  }
}

/** Why a message cannot be read, in one sentence that says what will become of it. */
export function unreadable(
  cause: "encrypted" | "malformed",
  why: UnreadableReason | undefined,
): Sentence {
  if (cause === "malformed") return { key: "message.malformed" };
  return { key: why === undefined ? "message.encrypted" : `unreadable.${why}` };
}

/** In a conversation of two, nobody speaks of a room. */
export function inDirect(sentence: Sentence): Sentence {
  const key = directKeys[sentence.key];
  return key === undefined ? sentence : { ...sentence, key };
}

const directKeys: Partial<Record<Key, Key>> = {
  "told.created": "told.createdDirect",
  "told.joined": "told.joinedDirect",
  "told.left": "told.leftDirect",
  "group.joined": "group.joinedDirect",
  "group.left": "group.leftDirect",
};

/** Who said it, in front of what was said, where that is not evident. */
export function previewPrefix(preview: Preview, isDirect: boolean): Sentence | undefined {
  if (isTold(preview.content)) return undefined;
  if (preview.isOwn) return { key: "said.byYou" };
  if (isDirect) return undefined;
  return { key: "said.by", values: { name: isolated(shortName(preview.sender.name)) } };
}

/** « Amélie Dupont [Culture] » without its organisation, where room is scarce. */
export function shortName(name: string): string {
  const short = name.replace(/\s*\[[^\]]*\]\s*$/u, "");
  return short === "" ? name : short;
}

function attached(key: Key, caption: string | undefined): Sentence {
  return caption === undefined ? { key } : {
    key: "said.captioned",
    values: { text: oneLine(caption) },
  };
}

/** At most this many characters are put into one line. */
const LINE = 240;

function oneLine(text: string): string {
  return text.slice(0, LINE).replace(/\s+/gu, " ").trim();
}

const membershipKeys = {
  "joined": "told.joined",
  "left": "told.left",
  "invited": "told.invited",
  "invitation-declined": "told.invitationDeclined",
  "invitation-withdrawn": "told.invitationWithdrawn",
  "kicked": "told.kicked",
  "banned": "told.banned",
  "kicked-and-banned": "told.kickedAndBanned",
  "unbanned": "told.unbanned",
  "knocked": "told.knocked",
  "knock-withdrawn": "told.knockWithdrawn",
  "knock-denied": "told.knockDenied",
  "avatar-changed": "told.avatarChanged",
  "unchanged": "told.unchanged",
} as const;

function describeMembership(sender: Person, content: MembershipContent): Sentence {
  const values = { sender: isolated(sender.name), target: isolated(content.target.name) };
  if (content.change !== "renamed") {
    return content.reason === undefined || !hasReason(content)
      ? { key: membershipKeys[content.change], values }
      : {
        key: reasonedKeys[content.change],
        values: { ...values, reason: isolated(oneLine(content.reason)) },
      };
  }
  const { oldName, newName } = content;
  if (newName === undefined) return { key: "told.nameRemoved", values: named(oldName, values) };
  if (oldName === undefined) {
    return { key: "told.nameSet", values: { ...values, name: isolated(newName) } };
  }
  return {
    key: "told.renamed",
    values: { old: isolated(oldName), name: isolated(newName) },
  };
}

function named(oldName: string | undefined, values: { readonly target: string }) {
  return { old: oldName === undefined ? values.target : isolated(oldName) };
}

const reasonedKeys = {
  "kicked": "told.kickedFor",
  "banned": "told.bannedFor",
  "kicked-and-banned": "told.bannedFor",
  "left": "told.leftFor",
} as const;

type Reasoned = MembershipContent & { readonly change: keyof typeof reasonedKeys };

function hasReason(content: MembershipContent): content is Reasoned {
  return content.change in reasonedKeys;
}

function describeState(sender: Person, content: StateContent): Sentence {
  const who = { sender: isolated(sender.name) };
  switch (content.kind) {
    case "created":
      return { key: "told.created", values: who };
    case "name-changed":
      return content.name === ""
        ? { key: "told.roomNameRemoved", values: who }
        : { key: "told.roomName", values: { ...who, name: isolated(content.name) } };
    case "topic-changed":
      return content.topic === ""
        ? { key: "told.topicRemoved", values: who }
        : { key: "told.topic", values: { ...who, topic: isolated(oneLine(content.topic)) } };
    case "room-avatar-changed":
      return {
        key: content.avatar === undefined ? "told.roomAvatarRemoved" : "told.roomAvatar",
        values: who,
      };
    case "encryption-enabled":
      return { key: "told.encryption", values: who };
    case "join-rule-changed":
      return {
        key: content.rule === "public"
          ? "told.nowPublic"
          : content.rule.includes("knock")
          ? "told.nowKnock"
          : content.rule.includes("restricted")
          ? "told.nowRestricted"
          : "told.nowInvite",
        values: who,
      };
    case "history-visibility-changed":
      return { key: historyKeys[content.visibility], values: who };
    case "power-changed":
      return describePower(who, content.changes);
    case "pins-changed":
      return { key: "told.pins", values: who };
    case "alias-changed":
      return content.alias === undefined
        ? { key: "told.aliasRemoved", values: who }
        : { key: "told.alias", values: { ...who, alias: isolated(content.alias) } };
    case "replaced":
      return { key: "told.replaced", values: who };
  }
}

const historyKeys = {
  "world_readable": "told.historyWorld",
  "shared": "told.historyShared",
  "invited": "told.historyInvited",
  "joined": "told.historyJoined",
} as const;

function describePower(
  who: { readonly sender: string },
  changes: readonly PowerChange[],
): Sentence {
  const [first] = changes;
  if (first === undefined || changes.length > 1) return { key: "told.powers", values: who };
  const key = first.to >= 100
    ? "told.madeAdmin"
    : first.to >= 50
    ? "told.madeModerator"
    : "told.madeMember";
  return { key, values: { ...who, target: isolated(first.target.name) } };
}
