import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Section } from "./Section.tsx";

/** What others learn of the person, and whom the person does not want to hear. */
export function PrivacySection() {
  const { t } = useWords();
  const { account } = useClient();
  const { sendsReceipts, sendsTyping } = useStore(account.preferences);
  const ignored = useStore(account.ignoredUsers);
  const { run } = useAction();
  return (
    <Section title={t("settings.privacy")}>
      <Switch
        label={t("settings.receipts")}
        hint={t("settings.receiptsHint")}
        isOn={sendsReceipts}
        onChange={(isOn) => run(() => account.setPreferences({ sendsReceipts: isOn }))}
      />
      <Switch
        label={t("settings.typing")}
        hint={t("settings.typingHint")}
        isOn={sendsTyping}
        onChange={(isOn) => run(() => account.setPreferences({ sendsTyping: isOn }))}
      />
      {ignored.length > 0 && (
        <div className="stack-tight">
          <h3 className="field-label">{t("settings.ignored")}</h3>
          <ul>
            {ignored.map((userID) => (
              <li key={userID} className="settings-row">
                <bdi className="clipped">{userID}</bdi>
                <Button
                  aria-label={t("settings.unignoreNamed", { name: userID })}
                  onClick={() => run(() => account.setIgnored(userID, false))}
                >
                  {t("settings.unignore")}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
