import { useState } from "react";
import type { Device } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import type { SessionsModel } from "./SessionsModel.ts";

type Props = {
  readonly model: SessionsModel;
  readonly devices: readonly Device[];
  readonly onClose: () => void;
};

/** Asks for the password before sessions are ended. */
export function EndSessionsDialog({ model, devices, onClose }: Props) {
  const { t } = useWords();
  const [password, setPassword] = useState("");
  const [isWrong, setWrong] = useState(false);
  const { isBusy, run } = useAction();
  const end = () =>
    run(async () => {
      const outcome = await model.end(devices.map((device) => device.id), password);
      if (outcome === "done") onClose();
      else setWrong(true);
    });
  return (
    <Dialog
      title={t("sessions.endTitle", { count: devices.length })}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="danger" isBusy={isBusy} disabled={password === ""} onClick={end}>
            {t("sessions.endDo")}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== "") end();
        }}
      >
        <p>{t("sessions.endExplanation")}</p>
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
