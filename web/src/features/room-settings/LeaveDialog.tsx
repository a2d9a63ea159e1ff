import type { Room } from "../../matrix/contract.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Note } from "../../ui/Feedback.tsx";

type Props = {
  readonly room: Room;
  readonly name: string;
  readonly isAlone: boolean;
  readonly isPublic: boolean;
  readonly onClose: () => void;
  readonly onLeft: () => void;
};

/** Asks before one leaves a room, and says whether one can come back. */
export function LeaveDialog({ room, name, isAlone, isPublic, onClose, onLeft }: Props) {
  const { t } = useWords();
  const { isBusy, run } = useAction();
  const leave = async () => {
    if (await run(() => room.leave())) onLeft();
  };
  return (
    <Dialog
      title={t("leave.title", { name: isolated(name) })}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="danger" isBusy={isBusy} onClick={leave}>{t("leave.do")}</Button>
        </>
      }
    >
      <div className="stack">
        <p>{t(isPublic ? "leave.public" : "leave.private")}</p>
        {isAlone && <Note icon="alert">{t("leave.alone")}</Note>}
      </div>
    </Dialog>
  );
}
