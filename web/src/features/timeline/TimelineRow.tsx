import { memo, useEffect } from "react";
import { describe, inDirect } from "../../locales/describe.ts";
import type { Sentence } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Beginning } from "./Beginning.tsx";
import { MessageRowView } from "./MessageRowView.tsx";
import { ReadBy } from "./ReadBy.tsx";
import { summarize } from "./summarize.ts";
import { useTimeline } from "./TimelineContext.ts";
import type { DayRow, EdgeRow, GapRow, Row, ToldGroupRow, ToldRow } from "./TimelineRows.ts";

/** One row, whatever it is. Drawn again only when the row is another object. */
export const TimelineRow = memo(function TimelineRow({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case "day":
      return <Day row={row} />;
    case "new":
      return <NewLine />;
    case "message":
      return <MessageRowView row={row} />;
    case "told":
      return <Told row={row} />;
    case "told-group":
      return <ToldGroup row={row} />;
    case "gap":
      return <Gap row={row} />;
    case "edge":
      return <Edge row={row} />;
    case "beginning":
      return (
        <li data-row={row.key} className="row">
          <Beginning />
        </li>
      );
  }
});

function Day({ row }: { readonly row: DayRow }) {
  const { format } = useWords();
  return (
    <li data-row={row.key} className="row day">
      <h2 className="day-name">
        <time dateTime={new Date(row.ts).toISOString().slice(0, 10)}>
          {format.day(row.ts, Date.now())}
        </time>
      </h2>
    </li>
  );
}

function NewLine() {
  const { t } = useWords();
  return (
    <li data-row="new" className="row new-line">
      <span>{t("timeline.new")}</span>
    </li>
  );
}

function Told({ row }: { readonly row: ToldRow }) {
  const { format } = useWords();
  const tell = useTelling();
  const { item } = row;
  return (
    <li
      data-row={row.key}
      className={`row told${row.isFocused ? " row-lit" : ""}`}
      tabIndex={-1}
    >
      <p className="told-words">
        {tell(describe(item))} <time className="told-time">{format.time(item.ts)}</time>
      </p>
      <ReadBy receipts={item.readBy} />
    </li>
  );
}

function ToldGroup({ row }: { readonly row: ToldGroupRow }) {
  const { format } = useWords();
  const { toggle } = useTimeline();
  const tell = useTelling();
  return (
    <li data-row={row.key} className="row told">
      <button
        type="button"
        className="told-toggle"
        aria-expanded={row.isOpen}
        onClick={() => toggle(row.key)}
      >
        <Icon name={row.isOpen ? "chevron-down" : "chevron-right"} size="s" />
        <span>{format.list(summarize(row.items).map(tell))}</span>
      </button>
      <ReadBy receipts={row.readBy} />
    </li>
  );
}

/** Says a sentence as it is said in a room, or in a conversation of two. */
function useTelling(): (sentence: Sentence) => string {
  const { say } = useWords();
  const isDirect = useStore(useTimeline().room.summary)?.isDirect ?? false;
  return (sentence) => say(isDirect ? inDirect(sentence) : sentence);
}

function Gap({ row }: { readonly row: GapRow }) {
  const { t } = useWords();
  const { fillGap } = useTimeline();
  const { state } = row.item;
  useEffect(() => {
    if (state === "waiting") fillGap(row.key);
  }, [state, row.key, fillGap]);
  return (
    <li data-row={row.key} data-loose className="row edge">
      {state === "failed"
        ? (
          <Button icon="retry" onClick={() => fillGap(row.key)}>
            {t("timeline.gapFailed")}
          </Button>
        )
        : <Loading />}
    </li>
  );
}

function Edge({ row }: { readonly row: EdgeRow }) {
  const { t } = useWords();
  const { retry } = useTimeline();
  return (
    <li data-row={row.key} data-loose className="row edge">
      {row.hasFailed
        ? (
          <Button icon="retry" onClick={() => retry(row.key)}>
            {t("timeline.edgeFailed")}
          </Button>
        )
        : <Loading />}
    </li>
  );
}

function Loading() {
  const { t } = useWords();
  return (
    <>
      <span className="spinner" aria-hidden="true" />
      <span className="only-heard">{t("timeline.loadingMore")}</span>
    </>
  );
}
