import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { FoundMessage } from "../../matrix/contract.ts";
import type { Sentence } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { Button } from "../../ui/Button.tsx";
import { EmptyState, Note, Waiting } from "../../ui/Feedback.tsx";
import { Choices, SearchField } from "../../ui/Field.tsx";
import { rove } from "../../ui/rove.ts";
import { useStore } from "../../ui/useStore.ts";
import { FoundGroupView } from "./FoundGroupView.tsx";
import { countIn } from "./foundGroups.ts";
import type { MessageSearchModel, MessageSearchState } from "./MessageSearchModel.ts";
import { MoreFound } from "./MoreFound.tsx";

export type SearchViewProps = {
  readonly model: MessageSearchModel;
  /** What the field is called: it says where is looked. */
  readonly label: string;
  /** Goes to a message. */
  readonly onOpen: (message: FoundMessage) => void;
  /** Looks everywhere; where one looks everywhere already, undefined. */
  readonly onEverywhere?: ((text: string) => void) | undefined;
  /** What is said below: which messages cannot be found. */
  readonly notice?: ReactNode;
};

/** A field, and the messages in which its words were found. */
export function SearchView(props: SearchViewProps) {
  const { model, onOpen, onEverywhere } = props;
  const { t } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const state = useStore(model.state);
  const { text, status, groups } = state;
  const isAsked = status !== "short";
  // Where one comes back to is the message one went to.
  const stop = groups.flatMap(({ messages }) => messages)
    .find(({ eventID }) => eventID === state.chosen)?.eventID ?? groups[0]?.messages[0]?.eventID;

  useEffect(() => {
    frame.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    void model.open();
    return () => model.close();
  }, [model]);

  const open = (message: FoundMessage) => {
    model.choose(message.eventID);
    onOpen(message);
  };
  const said = useSaid(state);
  return (
    <div ref={frame} className="message-search">
      <SearchField
        label={props.label}
        clearLabel={t("common.clear")}
        data-autofocus={state.chosen === undefined ? true : undefined}
        maxLength={200}
        value={text}
        onChange={(event) => void model.search(event.target.value)}
        onClear={() => {
          void model.search("");
          frame.current?.querySelector("input")?.focus();
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") enter(event, frame.current);
          if (event.key === "Enter" && !event.nativeEvent.isComposing) void model.begin(text);
          if (event.key !== "Escape" || text === "") return;
          // The next one closes the panel.
          event.preventDefault();
          void model.search("");
        }}
      />
      {isAsked && (
        <div className="message-search-bar">
          <Choices
            isCompact
            label={t("search.order")}
            value={state.order}
            choices={[
              { value: "recent", label: t("search.recent") },
              { value: "rank", label: t("search.rank") },
            ]}
            onChange={(order) => void model.arrange(order)}
          />
        </div>
      )}
      <div className="message-search-said">
        <p className={groups.length > 0 ? "message-search-count" : "only-heard"} role="status">
          {said}
        </p>
        {isAsked && onEverywhere && (
          <Button
            kind="quiet"
            icon="search"
            onClick={() => onEverywhere(text)}
          >
            {t("search.everywhere")}
          </Button>
        )}
      </div>
      {status === "failed" && state.problem && (
        <Problem
          said={state.problem}
          onRetry={() => void model.retry()}
        />
      )}
      {status === "searching" && groups.length === 0 && <Waiting label={t("search.searching")} />}
      {status === "done" && groups.length === 0 && state.next === undefined && (
        <EmptyState icon="search" title={t("search.none")}>{t("search.noneHint")}</EmptyState>
      )}
      {status === "short" && (
        <EmptyState icon="search" title={t("search.begin")}>{t("search.beginHint")}</EmptyState>
      )}
      <div
        className="found-groups"
        data-stale={status === "searching" || undefined}
        aria-busy={status === "searching" || status === "more"}
        onKeyDown={(event) => leave(event, frame.current) || rove(event)}
      >
        {groups.map((group) => (
          <FoundGroupView
            key={group.key}
            group={group}
            words={state.words}
            hasTitle={model.roomID === undefined}
            stop={stop}
            chosen={state.chosen}
            onOpen={open}
          />
        ))}
      </div>
      <MoreFound model={model} />
      {status !== "searching" && props.notice}
    </div>
  );
}

type ProblemProps = { readonly said: Sentence; readonly onRetry: () => void };

function Problem({ said, onRetry }: ProblemProps) {
  const { t, say } = useWords();
  return (
    <Note kind="problem">
      <p>{say(said)}</p>
      <Button icon="retry" onClick={onRetry}>{t("common.retry")}</Button>
    </Note>
  );
}

/** How much was found, for the eye and the ear. */
function useSaid({ status, total, groups, next }: MessageSearchState): string {
  const { t } = useWords();
  if (status !== "done" && status !== "more" && status !== "more-failed") return "";
  if (groups.length === 0) return next === undefined ? t("search.none") : "";
  return t("search.found", { count: Math.max(total ?? 0, countIn(groups)) });
}

/** From the field down into what was found. */
function enter(event: KeyboardEvent, frame: HTMLElement | null): void {
  const first = frame?.querySelector<HTMLElement>("[data-rove]");
  if (first == null) return;
  event.preventDefault();
  first.focus();
}

/** From the first message up into the field. */
function leave(event: KeyboardEvent<HTMLElement>, frame: HTMLElement | null): boolean {
  const first = event.currentTarget.querySelector("[data-rove]");
  if (event.key !== "ArrowUp" || event.target !== first) return false;
  event.preventDefault();
  frame?.querySelector("input")?.focus();
  return true;
}
