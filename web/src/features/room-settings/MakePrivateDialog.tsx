import type { Room } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";

type Props = { readonly room: Room; readonly onClose: () => void };

/** Asks before a public room becomes private, since there is no way back. */
export function MakePrivateDialog({ room, onClose }: Props) {
  const { t } = useWords();
  const { isBusy, run } = useAction({ done: "common.saved" });
  const act = async () => {
    if (await run(() => room.setJoinRule("invite"))) onClose();
  };
  return (
    <Dialog
      title={t("makePrivate.title")}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" isBusy={isBusy} onClick={act}>{t("makePrivate.do")}</Button>
        </>
      }
    >
      <p>{t("makePrivate.explanation")}</p>
    </Dialog>
  );
}
