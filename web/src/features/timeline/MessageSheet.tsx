import { useState } from "react";
import type { EventItem } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import { useWords } from "../../locales/Words.tsx";
import { EmojiPicker } from "../../parts/emoji/laterEmojiPicker.ts";
import { useLocalSettings } from "../../parts/Surroundings.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { IconButton } from "../../ui/Button.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { verbIcons } from "./MessageTools.tsx";
import type { Verb } from "./messageVerbs.ts";
import type { MessageVerbs } from "./useMessageVerbs.ts";

/** How many emoji are offered at once. */
const QUICK = 6;

type Props = {
  readonly item: EventItem;
  readonly verbs: MessageVerbs;
  readonly onClose: () => void;
};

/** What can be done with a message, for fingers: opened by a long press. */
export function MessageSheet({ item, verbs, onClose }: Props) {
  const { t, say } = useWords();
  const { recentEmoji } = useLocalSettings();
  const [isPicking, setPicking] = useState(false);
  const react = (key: string) => {
    onClose();
    verbs.toggleReaction(key);
  };
  const run = (verb: Verb) => {
    onClose();
    verbs.run(verb);
  };
  return (
    <Sheet label={t("message.tools", { name: item.sender.name })} onClose={onClose}>
      {isPicking ? <EmojiPicker onPick={react} /> : (
        <>
          <p className="sheet-about clipped">{say(describe(item))}</p>
          {verbs.can("react") && (
            <div className="sheet-emoji">
              {recentEmoji.slice(0, QUICK).map((key) => (
                <button
                  key={key}
                  type="button"
                  className="emoji"
                  onClick={() => react(key)}
                >
                  {key}
                </button>
              ))}
              <IconButton
                icon="add"
                label={t("message.react")}
                onClick={() => setPicking(true)}
              />
            </div>
          )}
          {verbs.all.filter((verb) => verb !== "react").map((verb) => (
            <button
              key={verb}
              type="button"
              className={`menu-item${verb === "remove" ? " menu-item-danger" : ""}`}
              onClick={() => run(verb)}
            >
              <Icon name={verbIcons[verb]} />
              <span className="menu-words">{t(`message.${verb}`)}</span>
            </button>
          ))}
        </>
      )}
    </Sheet>
  );
}
