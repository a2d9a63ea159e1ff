import { useMemo, useState } from "react";
import type { EventItem } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { useSurroundings } from "../../parts/Surroundings.tsx";
import { useStore } from "../../ui/useStore.ts";
import { allowedVerbs, textOf, type Verb } from "./messageVerbs.ts";
import { useTimeline } from "./TimelineContext.ts";

export type MessageVerbs = {
  readonly all: readonly Verb[];
  readonly can: (verb: Verb) => boolean;
  readonly run: (verb: Verb) => void;
  /** Adds one's reaction, or takes it back. */
  readonly toggleReaction: (key: string) => void;
  readonly isPicking: boolean;
  readonly setPicking: (isPicking: boolean) => void;
};

/** What can be done with a message, ready to be done. */
export function useMessageVerbs(item: EventItem): MessageVerbs {
  const timeline = useTimeline();
  const { toasts } = useSurroundings();
  const { t } = useWords();
  const { run: act } = useAction();
  const permissions = useStore(timeline.room.permissions);
  const [isPicking, setPicking] = useState(false);

  return useMemo(() => {
    const all = allowedVerbs(item, permissions);
    const run: Record<Verb, () => void> = {
      react: () => setPicking(true),
      reply: () => timeline.reply(item),
      edit: () => timeline.edit(item),
      copy: () => {
        navigator.clipboard.writeText(textOf(item) ?? "")
          .then(() => toasts.show(t("message.copied")), () => {});
      },
      copyLink: () => timeline.copyLink(item),
      profile: () => timeline.openPerson(item.sender.id),
      report: () => timeline.report(item),
      remove: () => timeline.remove(item),
    };
    return {
      all,
      can: (verb) => all.includes(verb),
      run: (verb) => run[verb](),
      toggleReaction: (key) => {
        const { eventID } = item;
        if (eventID === undefined) return;
        const isOwn = item.reactions.some((reaction) => reaction.key === key && reaction.isOwn);
        act(() => isOwn ? timeline.room.unreact(eventID, key) : timeline.room.react(eventID, key));
      },
      isPicking,
      setPicking,
    };
  }, [item, timeline, permissions, isPicking, act, toasts, t]);
}
