import { memo } from "react";
import type { Quote } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import { useWords } from "../../locales/Words.tsx";
import { PersonPicture } from "../../parts/Picture.tsx";
import { useTimeline } from "./TimelineContext.ts";

/** What a message replies to, in one line that leads there. */
export const QuoteView = memo(function QuoteView({ quote }: { readonly quote: Quote }) {
  const { t, say } = useWords();
  const { jump } = useTimeline();
  if (quote.state !== "ready") {
    const key = quote.state === "missing" ? "quote.missing" : "quote.loading";
    return <p className="quote quote-missing">{t(key)}</p>;
  }
  const words = say(describe(quote));
  return (
    <button
      type="button"
      className="quote"
      aria-label={t("quote.label", { name: quote.sender.name, text: words })}
      onClick={() => jump(quote.eventID)}
    >
      <PersonPicture person={quote.sender} size="xs" />
      <bdi className="quote-name">{quote.sender.name}</bdi>
      <bdi className="quote-words">{words}</bdi>
    </button>
  );
});
