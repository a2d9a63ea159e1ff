import { useWords } from "../locales/Words.tsx";
import { useClient } from "../parts/Surroundings.tsx";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Feedback.tsx";
import { useStore } from "../ui/useStore.ts";

/** Says when what is shown may be out of date, and that nothing is lost. */
export function ConnectionBanner() {
  const { t } = useWords();
  const { connection, authentication } = useClient();
  const { status } = useStore(connection);
  switch (status) {
    case "offline":
      return (
        <Banner
          icon="offline"
          kind="warn"
          action={
            <Button onClick={() => authentication.retryNow()}>{t("connection.retry")}</Button>
          }
        >
          {t("connection.offline")}
        </Banner>
      );
    case "catching-up":
      return <Banner icon="retry" kind="calm">{t("connection.catchingUp")}</Banner>;
    case "connecting":
    case "online":
      return null;
  }
}
