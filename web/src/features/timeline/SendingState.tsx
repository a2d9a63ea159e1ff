import type { EventItem, Sending } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { problem } from "../../parts/problems.ts";
import { useAction } from "../../parts/useAction.ts";
import { Failure } from "../../matrix/contract.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useTimeline } from "./TimelineContext.ts";

type Props = { readonly item: EventItem; readonly sending: Sending };

/** How far a message has come on its way out. */
export function SendingState({ item, sending }: Props) {
  const { t, say, format } = useWords();
  const { room } = useTimeline();
  const { isBusy, run } = useAction();
  if (sending.state === "failed") {
    return (
      <div className="send-failed" role="alert">
        <p>
          <Icon name="alert" size="s" />
          <span>
            {t("sending.failed")} {say(problem(new Failure(sending.code, sending.message)))}
          </span>
        </p>
        <Button
          kind="quiet"
          icon="retry"
          isBusy={isBusy}
          onClick={() => run(() => room.resend(item.key))}
        >
          {t("sending.resend")}
        </Button>
        <Button kind="quiet" icon="trash" onClick={() => run(() => room.cancelSend(item.key))}>
          {t("sending.delete")}
        </Button>
      </div>
    );
  }
  const progress = sending.state === "sending" ? sending.progress : undefined;
  if (progress === undefined) {
    return (
      <p className="send-waiting">
        <Icon name="clock" size="s" />
        <span className="only-heard">
          {t(sending.state === "waiting" ? "sending.waiting" : "sending.sending")}
        </span>
      </p>
    );
  }
  const percent = Math.round(progress * 100);
  return (
    <div className="send-progress">
      <progress className="progress" max={100} value={percent} aria-label={t("sending.upload")} />
      <span>{`${format.number(percent)} %`}</span>
      <Button kind="quiet" onClick={() => run(() => room.cancelSend(item.key))}>
        {t("common.cancel")}
      </Button>
    </div>
  );
}
