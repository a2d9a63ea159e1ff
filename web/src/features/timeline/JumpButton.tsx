import { useWords } from "../../locales/Words.tsx";
import { Badge } from "../../ui/Feedback.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import type { TimelineModel } from "./TimelineModel.ts";

type Props = { readonly model: TimelineModel; readonly onPress: () => void };

/** Goes to the latest message, and says how many came meanwhile. */
export function JumpButton({ model, onPress }: Props) {
  const { t } = useWords();
  const isAtEnd = useStore(model.isAtEnd);
  const below = useStore(model.below);
  const isLive = useStore(model.timeline.state).later === "end";
  if (isAtEnd && isLive) return null;
  const label = below === 0 ? t("timeline.jump") : t("timeline.jumpToNew", { count: below });
  return (
    <button
      type="button"
      className="jump-button"
      aria-label={label}
      data-tip={label}
      onClick={onPress}
    >
      <Icon name="down" />
      {below > 0 && <Badge count={below} isHighlight={false} label="" />}
    </button>
  );
}
