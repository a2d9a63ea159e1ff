import { useWords } from "../locales/Words.tsx";
import { useClient, useNavigator } from "../parts/Surroundings.tsx";
import { home } from "../parts/routes.ts";
import { useAction } from "../parts/useAction.ts";
import { useMaybe, useSecurity } from "../parts/useSecurity.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Note } from "../ui/Feedback.tsx";
import { leaving } from "./leaving.ts";

/** Asks before the session ends. */
export function SignOutDialog({ onClose }: { readonly onClose: () => void }) {
  const { t, say } = useWords();
  const { authentication } = useClient();
  const navigator = useNavigator();
  const { isBusy, run } = useAction();
  const security = useSecurity();
  const { isRefused, note } = leaving(useMaybe(security?.state), useMaybe(security?.backup));
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
          <Button
            kind="danger"
            isBusy={isBusy}
            disabled={isRefused}
            onClick={leave}
            data-autofocus
          >
            {t("signOut.title")}
          </Button>
        </>
      }
    >
      <div className="stack" aria-live="polite">
        <p>{t("signOut.explanation")}</p>
        {note && <Note icon={isRefused ? "clock" : "alert"}>{say(note)}</Note>}
      </div>
    </Dialog>
  );
}
