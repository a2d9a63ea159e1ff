import { useWords } from "../../locales/Words.tsx";
import { useLocalSettings, useSurroundings } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Field.tsx";
import { Section } from "./Section.tsx";

/** How the keyboard behaves. */
export function KeyboardSection({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const { t } = useWords();
  const { settings } = useSurroundings();
  const { enterSends, hasSingleKeys } = useLocalSettings();
  return (
    <Section title={t("settings.keyboard")}>
      <Switch
        label={t("settings.enterSends")}
        hint={t("settings.enterSendsHint")}
        isOn={enterSends}
        onChange={(isOn) => settings.change({ enterSends: isOn })}
      />
      <Switch
        label={t("settings.singleKeys")}
        hint={t("settings.singleKeysHint")}
        isOn={hasSingleKeys}
        onChange={(isOn) => settings.change({ hasSingleKeys: isOn })}
      />
      <div className="settings-verbs">
        <Button icon="keyboard" onClick={onShortcuts}>{t("shortcuts.show")}</Button>
      </div>
    </Section>
  );
}
