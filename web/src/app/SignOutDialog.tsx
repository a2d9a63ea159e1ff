import { useWords } from "../locales/Words.tsx";
import { useClient, useNavigator } from "../parts/Surroundings.tsx";
import { home } from "../parts/routes.ts";
import { useAction } from "../parts/useAction.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** Asks before the session ends. */
export function SignOutDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const { authentication } = useClient();
  const navigator = useNavigator();
  const { isBusy, run } = useAction();
  const leave = () =>
    run(async () => {
      await authentication.signOut();
      navigator.replace(home);
    });
  return (
    <Dialog
      title={t("signOut.title")}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="danger" isBusy={isBusy} onClick={leave} data-autofocus>
            {t("signOut.title")}
          </Button>
        </>
      }
    >
      <p>{t("signOut.explanation")}</p>
    </Dialog>
  );
}
