import type { EventItem, Reaction } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { isolated } from "../../locales/translate.ts";
import { useStore } from "../../ui/useStore.ts";
import { useTimeline } from "./TimelineContext.ts";
import { useMessageVerbs } from "./useMessageVerbs.ts";

/** A key is written by others: no more of it is drawn than an emoji or a short word needs. */
const KEY_LENGTH = 24;

/** How a message was received: a press adds one's own, or takes it back. */
export function Reactions({ item }: { readonly item: EventItem }) {
  const { t, format } = useWords();
  const { toggleReaction } = useMessageVerbs(item);
  const { react } = useStore(useTimeline().room.permissions);
  const names = ({ people, count }: Reaction) => {
    const known = people.map((person) => isolated(person.name));
    const more = count - known.length;
    return format.list(more > 0 ? [...known, t("timeline.more", { count: more })] : known);
  };
  return (
    <ul className="reactions" aria-label={t("reactions.label")}>
      {item.reactions.map((reaction) => {
        const tip = t("reactions.who", { names: names(reaction), key: reaction.key });
        return (
          <li key={reaction.key}>
            <button
              type="button"
              className="reaction"
              aria-pressed={reaction.isOwn}
              aria-label={tip}
              data-tip={tip}
              disabled={!react}
              onClick={() => toggleReaction(reaction.key)}
            >
              <bdi className="reaction-key clipped">{reaction.key.slice(0, KEY_LENGTH)}</bdi>
              <span className="reaction-count">{reaction.count}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
