import { useEffect, useRef } from "react";
import { useWords } from "../../locales/Words.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { useStore } from "../../ui/useStore.ts";
import { countIn } from "./foundGroups.ts";
import { type MessageSearchModel, MOST } from "./MessageSearchModel.ts";

/** How far below what is in sight the end may lie when more is fetched. */
const NEAR = "0px 0px 600px 0px";

/** What stands after the messages: the way to more, which comes by itself as one scrolls there. */
export function MoreFound({ model }: { readonly model: MessageSearchModel }) {
  const { t, say } = useWords();
  const { status, next, groups, problem } = useStore(model.state);
  const end = useRef<HTMLDivElement>(null);
  const isFull = countIn(groups) >= MOST;
  const hasMore = next !== undefined && !isFull && status !== "searching";

  useEffect(() => {
    const mark = end.current;
    if (mark === null) return;
    const watcher = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && void model.more(),
      { root: mark.closest(".scrolls"), rootMargin: NEAR },
    );
    watcher.observe(mark);
    return () => watcher.disconnect();
    // Watched anew after each page, which may not have filled the screen.
  }, [model, hasMore, next]);

  if (status === "more-failed" && problem !== undefined) {
    return (
      <Note kind="problem">
        <p>{say(problem)}</p>
        <Button icon="retry" onClick={() => void model.retry()}>{t("common.retry")}</Button>
      </Note>
    );
  }
  if (isFull && next !== undefined) return <p className="found-end">{t("search.tooMany")}</p>;
  if (!hasMore) return null;
  return (
    <div ref={end} className="found-end">
      <Button isBusy={status === "more"} onClick={() => void model.more()}>
        {t("search.more")}
      </Button>
    </div>
  );
}
