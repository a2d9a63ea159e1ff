import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Choices } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Section } from "./Section.tsx";

/** What one wants to be told of, where a conversation has no rule of its own. */
export function NotificationsSection() {
  const { t } = useWords();
  const { account } = useClient();
  const level = useStore(account.notifications);
  const { isBusy, run } = useAction();
  return (
    <Section title={t("settings.notifications")}>
      <Choices
        label={t("settings.notifyOf")}
        value={level}
        isDisabled={isBusy}
        choices={[
          {
            value: "all",
            icon: "bell",
            label: t("settings.notifyAll"),
            hint: t("settings.notifyAllHint"),
          },
          {
            value: "mentions",
            icon: "at",
            label: t("settings.notifyMentions"),
            hint: t("settings.notifyMentionsHint"),
          },
          {
            value: "none",
            icon: "bell-off",
            label: t("settings.notifyNone"),
            hint: t("settings.notifyNoneHint"),
          },
        ]}
        onChange={(value) => run(() => account.setNotifications(value))}
      />
    </Section>
  );
}
