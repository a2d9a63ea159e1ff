import { memo, useRef, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { PersonPicture } from "../../parts/Picture.tsx";
import { MessageBody } from "./MessageBody.tsx";
import { MessageSheet } from "./MessageSheet.tsx";
import { MessageTools } from "./MessageTools.tsx";
import { QuoteView } from "./QuoteView.tsx";
import { Reactions } from "./Reactions.tsx";
import { ReadBy } from "./ReadBy.tsx";
import { SendingState } from "./SendingState.tsx";
import { useTimeline } from "./TimelineContext.ts";
import type { MessageRow } from "./TimelineRows.ts";
import { useLongPress } from "./useLongPress.ts";
import { verbKey } from "./messageVerbs.ts";
import { useMessageVerbs } from "./useMessageVerbs.ts";

type Props = { readonly row: MessageRow };

/** One message: who, when, what, and what others made of it. */
export const MessageRowView = memo(function MessageRowView({ row }: Props) {
  const { item } = row;
  const { t, format } = useWords();
  const { openPerson } = useTimeline();
  const verbs = useMessageVerbs(item);
  const ref = useRef<HTMLLIElement>(null);
  const [isActive, setActive] = useState(false);
  const [isSheetOpen, setSheetOpen] = useState(false);
  const press = useLongPress(() => setSheetOpen(true));
  const isEmote = item.content.kind === "text" && item.content.style === "emote";
  const time = format.time(item.ts);

  return (
    <li
      ref={ref}
      data-row={row.key}
      className={classNames(row)}
      tabIndex={-1}
      onPointerEnter={(event) => event.pointerType !== "touch" && setActive(true)}
      onPointerLeave={() => !ref.current?.contains(document.activeElement) && setActive(false)}
      onFocus={() => setActive(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setActive(false)}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        const verb = verbKey(event);
        if (verb === undefined || !verbs.can(verb)) return;
        event.preventDefault();
        verbs.run(verb);
      }}
      {...press}
    >
      <div className="message-side">
        {row.isContinued ? <time className="side-time" aria-hidden="true">{time}</time> : (
          <button
            type="button"
            className="message-picture"
            tabIndex={-1}
            aria-hidden="true"
            onClick={() => openPerson(item.sender.id)}
          >
            <PersonPicture person={item.sender} />
          </button>
        )}
      </div>
      <div className="message-main">
        {row.isContinued
          ? (
            <span className="only-heard">
              {t("timeline.from", { name: item.sender.name, time })}
            </span>
          )
          : (
            <div className="message-head">
              <button
                type="button"
                className="message-sender"
                tabIndex={-1}
                onClick={() => openPerson(item.sender.id)}
              >
                <bdi>{item.sender.name}</bdi>
              </button>
              <time
                className="message-time"
                dateTime={new Date(item.ts).toISOString()}
                data-tip={format.full(item.ts)}
              >
                {time}
              </time>
            </div>
          )}
        {item.replyTo && <QuoteView quote={item.replyTo} />}
        <div className={isEmote ? "message-content message-emote" : "message-content"}>
          {isEmote && <bdi className="emote-name">{item.sender.name}</bdi>}
          <MessageBody item={item} />
          {item.editedTS !== undefined && item.content.kind !== "redacted" && (
            <span className="edited" data-tip={format.full(item.editedTS)}>
              {t("timeline.edited")}
            </span>
          )}
        </div>
        {item.reactions.length > 0 && <Reactions item={item} />}
        {item.sending && <SendingState item={item} sending={item.sending} />}
      </div>
      <div className="message-end">
        {row.showsSent && <span className="sent">{t("timeline.sent")}</span>}
        <ReadBy receipts={item.readBy} />
      </div>
      {isActive && item.sending === undefined && <MessageTools item={item} verbs={verbs} />}
      {isSheetOpen && (
        <MessageSheet
          item={item}
          verbs={verbs}
          onClose={() => setSheetOpen(false)}
        />
      )}
    </li>
  );
});

function classNames(row: MessageRow): string {
  return [
    "row",
    "message",
    row.isContinued ? "message-continued" : "message-first",
    row.item.isHighlight ? "message-highlight" : "",
    row.isFocused ? "row-lit" : "",
    row.item.sending === undefined ? "" : `message-${row.item.sending.state}`,
  ].filter((name) => name !== "").join(" ");
}
