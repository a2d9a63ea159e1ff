import { useWords } from "../../locales/Words.tsx";
import { useStore } from "../../ui/useStore.ts";
import type { TimelineModel } from "./TimelineModel.ts";

/** Reads out what others say while the room is open. */
export function Announcer({ model }: { readonly model: TimelineModel }) {
  const { t, say } = useWords();
  const heard = useStore(model.announcement);
  return (
    <div className="only-heard" role="log" aria-live="polite" aria-label={t("timeline.news")}>
      {heard !== undefined && (
        <p key={heard.id}>{t("timeline.heard", { name: heard.name, text: say(heard.said) })}</p>
      )}
    </div>
  );
}
