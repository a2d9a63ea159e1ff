import { useRef } from "react";
import type { EventItem } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { EmojiPicker } from "../../parts/emoji/laterEmojiPicker.ts";
import { IconButton } from "../../ui/Button.tsx";
import type { IconName } from "../../ui/icons.ts";
import { MenuButton, Popup } from "../../ui/Menu.tsx";
import { rove } from "../../ui/rove.ts";
import type { Verb } from "./messageVerbs.ts";
import type { MessageVerbs } from "./useMessageVerbs.ts";

export const verbIcons: Readonly<Record<Verb, IconName>> = {
  react: "react",
  reply: "reply",
  edit: "pencil",
  copy: "copy",
  copyLink: "link",
  profile: "person",
  report: "flag",
  remove: "trash",
};

/** Those that have a button of their own; the others are behind « Plus ». */
const direct: ReadonlySet<Verb> = new Set(["react", "reply", "edit"]);

type Props = { readonly item: EventItem; readonly verbs: MessageVerbs };

/** The bar at the corner of the message that the pointer or the focus is on. */
export function MessageTools({ item, verbs }: Props) {
  const { t } = useWords();
  const ref = useRef<HTMLDivElement>(null);
  const close = () => {
    verbs.setPicking(false);
    ref.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <div
      ref={ref}
      className="message-tools"
      role="toolbar"
      aria-label={t("message.tools", { name: item.sender.name })}
      onKeyDown={(event) => rove(event, true)}
    >
      {verbs.all.filter((verb) => direct.has(verb)).map((verb) => (
        <IconButton
          key={verb}
          data-rove
          size="s"
          icon={verbIcons[verb]}
          label={t(`message.${verb}`)}
          onClick={() => verbs.run(verb)}
        />
      ))}
      <MenuButton
        icon="more-filled"
        size="s"
        label={t("message.more")}
        items={verbs.all.filter((verb) => !direct.has(verb)).map((verb) => ({
          key: verb,
          label: t(`message.${verb}`),
          icon: verbIcons[verb],
          isDanger: verb === "remove",
          startsGroup: verb === "profile",
          onSelect: () => verbs.run(verb),
        }))}
      />
      {verbs.isPicking && ref.current && (
        <Popup
          label={t("message.react")}
          beside={ref.current}
          className="emoji-popup"
          onClose={close}
        >
          <EmojiPicker
            onPick={(key) => {
              verbs.toggleReaction(key);
              close();
            }}
          />
        </Popup>
      )}
    </div>
  );
}
