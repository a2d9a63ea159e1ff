import { useWords } from "../../locales/Words.tsx";
import { useLocalSettings, useSurroundings } from "../../parts/Surroundings.tsx";
import { Choices } from "../../ui/Field.tsx";
import { Section } from "./Section.tsx";

/** Light or dark, French or English. */
export function AppearanceSection() {
  const { t } = useWords();
  const { settings } = useSurroundings();
  const { theme, language } = useLocalSettings();
  return (
    <Section title={t("settings.appearance")}>
      <Choices
        isCompact
        label={t("settings.theme")}
        value={theme}
        choices={[
          { value: "system", icon: "monitor", label: t("settings.themeSystem") },
          { value: "light", icon: "sun", label: t("settings.themeLight") },
          { value: "dark", icon: "moon", label: t("settings.themeDark") },
        ]}
        onChange={(theme) => settings.change({ theme })}
      />
      <Choices
        isCompact
        label={t("settings.language")}
        value={language}
        choices={[{ value: "fr", label: "Français" }, { value: "en", label: "English" }]}
        onChange={(language) => settings.change({ language })}
      />
    </Section>
  );
}
