import { useWords } from "../../locales/Words.tsx";
import { Screen } from "../../parts/Screen.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { KeyboardSection } from "./KeyboardSection.tsx";
import { NotificationsSection } from "./NotificationsSection.tsx";
import { PasswordSection } from "./PasswordSection.tsx";
import { PrivacySection } from "./PrivacySection.tsx";
import { ProfileSection } from "./ProfileSection.tsx";
import { RecoverySection } from "./RecoverySection.tsx";
import { SessionsSection } from "./SessionsSection.tsx";

type Props = { readonly onSignOut: () => void; readonly onShortcuts: () => void };

/** « Paramètres »: one page, one heading for each subject. */
export function SettingsScreen({ onSignOut, onShortcuts }: Props) {
  const { t } = useWords();
  return (
    <Screen title={t("settings.title")}>
      <ProfileSection onSignOut={onSignOut} />
      <AppearanceSection />
      <NotificationsSection />
      <PrivacySection />
      <KeyboardSection onShortcuts={onShortcuts} />
      <PasswordSection />
      <RecoverySection />
      <SessionsSection />
    </Screen>
  );
}
