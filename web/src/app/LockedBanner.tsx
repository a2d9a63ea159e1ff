import { useWords } from "../locales/Words.tsx";
import { useMaybe, useSecurity } from "../parts/useSecurity.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Feedback.tsx";

/** Says that this device is not confirmed, for as long as it is not. */
export function LockedBanner({ onUnlock }: { readonly onUnlock: () => void }) {
  const { t } = useWords();
  const state = useMaybe(useSecurity()?.state);
  if (state?.phase !== "locked") return null;
  return (
    <Banner
      icon="lock"
      kind="warn"
      action={<Button onClick={onUnlock}>{t("unlock.open")}</Button>}
    >
      {t("unlock.banner")}
    </Banner>
  );
}
