import { memo } from "react";
import type { EventItem, TextContent } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { AudioCard, FileCard, Picture, VideoCard } from "./Attachments.tsx";
import { Foldable } from "./Foldable.tsx";
import { isFewEmoji } from "./fewEmoji.ts";
import { PlainText, RichText } from "./RichText.tsx";
import { describe, unreadable } from "../../locales/describe.ts";

/** What a message says. */
export const MessageBody = memo(function MessageBody({ item }: { readonly item: EventItem }) {
  const { t, say } = useWords();
  const { content } = item;
  switch (content.kind) {
    case "text":
      return <Text content={content} />;
    case "image":
    case "sticker":
      return (
        <>
          <Picture item={item} content={content} />
          <Caption caption={content.caption} html={content.captionHTML} />
        </>
      );
    case "video":
      return (
        <>
          <VideoCard content={content} />
          <Caption caption={content.caption} html={content.captionHTML} />
        </>
      );
    case "audio":
      return (
        <>
          <AudioCard content={content} />
          <Caption caption={content.caption} html={content.captionHTML} />
        </>
      );
    case "file":
      return (
        <>
          <FileCard content={content} />
          <Caption caption={content.caption} html={content.captionHTML} />
        </>
      );
    case "redacted":
      return (
        <p className="message-odd">
          <Icon name="trash" size="s" />
          <span>
            {content.reason === undefined
              ? t("message.removed")
              : t("message.removedFor", { reason: content.reason })}
          </span>
        </p>
      );
    case "unreadable":
      return (
        <p className="message-odd">
          <Icon name={content.cause === "encrypted" ? "lock" : "alert"} size="s" />
          <span>{say(unreadable(content.cause, content.why))}</span>
        </p>
      );
    case "location":
      return <PlainText text={content.body} />;
    case "unsupported":
      return (
        <p className="message-odd">
          <Icon name="info" size="s" />
          <span>{t("message.unsupported")}</span>
        </p>
      );
    default:
      return <p>{say(describe(item))}</p>;
  }
});

function Text({ content }: { readonly content: TextContent }) {
  const style = content.style === "notice" ? " message-notice" : "";
  if (isFewEmoji(content.body)) return <p className="message-emoji">{content.body}</p>;
  return (
    <Foldable length={content.body.length} lines={lineCount(content.body)}>
      <div className={`message-text${style}`} dir="auto">
        {content.html === undefined
          ? <PlainText text={content.body} />
          : <RichText html={content.html} />}
      </div>
    </Foldable>
  );
}

function Caption(
  props: { readonly caption: string | undefined; readonly html: string | undefined },
) {
  if (props.caption === undefined) return null;
  return (
    <div className="message-text message-caption" dir="auto">
      {props.html === undefined
        ? <PlainText text={props.caption} />
        : <RichText html={props.html} />}
    </div>
  );
}

function lineCount(text: string): number {
  return text.split("\n").length;
}
