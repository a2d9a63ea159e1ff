import { useState } from "react";
import type { EventItem } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextField } from "../../ui/Field.tsx";
import { useTimeline } from "./TimelineContext.ts";

type Props = { readonly item: EventItem; readonly onClose: () => void };

/** Asks before a message is deleted for everybody. */
export function RemoveDialog({ item, onClose }: Props) {
  const { t, say } = useWords();
  const { room } = useTimeline();
  const [reason, setReason] = useState("");
  const { isBusy, run } = useAction();
  const remove = async () => {
    const { eventID } = item;
    if (eventID === undefined) return;
    const why = reason.trim();
    if (await run(() => room.redact(eventID, why === "" ? undefined : why))) onClose();
  };
  return (
    <Dialog
      title={t("remove.title")}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="danger" isBusy={isBusy} onClick={remove} data-autofocus>
            {t("remove.do")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t("remove.explanation")}</p>
        <blockquote className="quoted">{say(describe(item))}</blockquote>
        {!item.isOwn && (
          <TextField
            label={t("remove.reason")}
            value={reason}
            maxLength={300}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </div>
    </Dialog>
  );
}
