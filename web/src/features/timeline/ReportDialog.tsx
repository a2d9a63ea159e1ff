import { useState } from "react";
import type { EventItem } from "../../matrix/contract.ts";
import { describe } from "../../locales/describe.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { useTimeline } from "./TimelineContext.ts";

type Props = { readonly item: EventItem; readonly onClose: () => void };

/** Tells the administrators about a message. */
export function ReportDialog({ item, onClose }: Props) {
  const { t, say } = useWords();
  const { room } = useTimeline();
  const [reason, setReason] = useState("");
  const { isBusy, run } = useAction({ done: "report.done" });
  const report = async () => {
    const { eventID } = item;
    if (eventID === undefined) return;
    if (await run(() => room.report(eventID, reason.trim()))) onClose();
  };
  return (
    <Dialog
      title={t("report.title")}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            kind="primary"
            isBusy={isBusy}
            disabled={reason.trim() === ""}
            onClick={report}
          >
            {t("report.do")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t("report.explanation")}</p>
        <blockquote className="quoted">{say(describe(item))}</blockquote>
        <TextArea
          data-autofocus
          required
          label={t("report.reason")}
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
