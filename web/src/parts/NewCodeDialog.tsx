import { useState } from "react";
import { useWords } from "../locales/Words.tsx";
import type { Security } from "../matrix/contract.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Note } from "../ui/Feedback.tsx";
import { PasswordField } from "../ui/Field.tsx";
import { makeCode } from "./newCode.ts";
import { useAction } from "./useAction.ts";

type Props = {
  readonly security: Security;
  /** The former code is lost: what that means is said. */
  readonly isLost: boolean;
  readonly onClose: () => void;
};

/** Asks before the recovery code is replaced. The new one then fills the page. */
export function NewCodeDialog({ security, isLost, onClose }: Props) {
  const { t } = useWords();
  const [password, setPassword] = useState("");
  const [isWrong, setWrong] = useState(false);
  const { isBusy, run } = useAction();
  const create = () =>
    run(async () => {
      const outcome = await makeCode(security, password);
      if (outcome === "done") onClose();
      else setWrong(true);
    });
  return (
    <Dialog
      title={t("newCode.title")}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            kind={isLost ? "danger" : "primary"}
            isBusy={isBusy}
            disabled={password === ""}
            onClick={create}
          >
            {t("newCode.do")}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== "") create();
        }}
      >
        <p>{t("newCode.explanation")}</p>
        {isLost && <Note icon="alert">{t("newCode.lost")}</Note>}
        <PasswordField
          data-autofocus
          label={t("password.current")}
          showLabel={t("password.show")}
          hideLabel={t("password.hide")}
          autoComplete="current-password"
          value={password}
          error={isWrong ? t("password.currentWrong") : undefined}
          onChange={(event) => {
            setPassword(event.target.value);
            setWrong(false);
          }}
        />
      </form>
    </Dialog>
  );
}
