import { describe } from "../../locales/describe.ts";
import { useWords } from "../../locales/Words.tsx";
import { IconButton } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import type { ComposerModel, Draft } from "./ComposerModel.ts";

type Props = { readonly model: ComposerModel; readonly draft: Draft };

/** Says that the draft answers or replaces a message. */
export function ComposerBanner({ model, draft }: Props) {
  const { t, say } = useWords();
  if (draft.editing !== undefined) {
    return (
      <div className="composer-banner">
        <Icon name="pencil" />
        <p className="clipped">{t("composer.editing")}</p>
        <IconButton
          icon="close"
          size="s"
          label={t("composer.stopEditing")}
          onClick={() => model.stopEditing()}
        />
      </div>
    );
  }
  if (draft.replyTo === undefined) return null;
  const { item } = draft.replyTo;
  return (
    <div className="composer-banner">
      <Icon name="reply" />
      <p className="clipped">
        <strong>{t("composer.replying", { name: item.sender.name })}</strong>{" "}
        <bdi>{say(describe(item))}</bdi>
      </p>
      <IconButton
        icon="close"
        size="s"
        label={t("composer.stopReply")}
        onClick={() => model.stopReply()}
      />
    </div>
  );
}
