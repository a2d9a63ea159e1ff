import { useState } from "react";
import type { Comparison, ComparisonState, Security } from "../../matrix/contract.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { EmptyState, Note, Waiting } from "../../ui/Feedback.tsx";
import { Pictures } from "./Pictures.tsx";
import { titleOf } from "./titleOf.ts";

type Props = { readonly security: Security; readonly comparison: Comparison };

/** Two devices compared by their people: from the request to the outcome. */
export function ComparisonDialog({ security, comparison }: Props) {
  const { t, say } = useWords();
  const { isBusy, run } = useAction();
  const [showsNumbers, setNumbers] = useState(false);
  const { id, state } = comparison;
  const close = () => void run(() => security.closeComparison(id));
  const answer = (isSame: boolean) => run(() => security.answerComparison(id, isSame));
  const isNumbers = state.phase === "comparing" && (showsNumbers || state.emoji === undefined);
  return (
    <Dialog
      title={say(titleOf(comparison, isNumbers))}
      closeLabel={t("common.close")}
      onClose={close}
      footer={
        <Verbs
          state={state}
          isBusy={isBusy}
          isNumbers={isNumbers}
          onAccept={() => run(() => security.acceptComparison(id))}
          onAnswer={answer}
          onClose={close}
        />
      }
    >
      <div className="stack" aria-live="polite">
        <Body comparison={comparison} isNumbers={isNumbers} />
        {state.phase === "comparing" && state.emoji !== undefined && (
          <p>
            <button
              type="button"
              className="text-button"
              onClick={() => setNumbers(!showsNumbers)}
            >
              {t(showsNumbers ? "comparison.pictures" : "comparison.numbers")}
            </button>
          </p>
        )}
      </div>
    </Dialog>
  );
}

type BodyProps = { readonly comparison: Comparison; readonly isNumbers: boolean };

function Body({ comparison, isNumbers }: BodyProps) {
  const { t } = useWords();
  const { state, isSelf, deviceName } = comparison;
  const name = isolated(comparison.person.name);
  switch (state.phase) {
    case "asking":
      return (
        <>
          <p>
            {isSelf ? t("comparison.askingHint") : t("comparison.askingPersonHint", { name })}
          </p>
          <Waiting label={t("comparison.waiting")} />
        </>
      );
    case "asked":
      if (!state.isPossible) return <Note icon="alert">{t("comparison.impossible")}</Note>;
      return (
        <>
          {isSelf && deviceName !== undefined && (
            <p>
              <strong>{t("comparison.from", { name: isolated(deviceName) })}</strong>
            </p>
          )}
          <p>{t(isSelf ? "comparison.askedHint" : "comparison.askedByHint")}</p>
        </>
      );
    case "preparing":
      return <Waiting label={t("comparison.preparing")} />;
    case "comparing":
      return (
        <>
          <p>{isSelf ? t("comparison.lead") : t("comparison.leadPerson", { name })}</p>
          {isNumbers || state.emoji === undefined
            ? <p className="comparison-numbers">{state.numbers.join(" – ")}</p>
            : <Pictures numbers={state.emoji} />}
        </>
      );
    case "waiting":
      return <Waiting label={t("comparison.waiting")} />;
    case "done":
      return (
        <EmptyState
          icon="shield"
          title={isSelf ? t("comparison.done") : t("comparison.donePerson", { name })}
        >
          {t(isSelf ? "comparison.doneHint" : "comparison.donePersonHint")}
        </EmptyState>
      );
    case "ended":
      return (
        <Note kind={state.reason === "different" ? "problem" : "calm"}>
          {t(`comparison.ended.${state.reason}`)}
        </Note>
      );
  }
}

type VerbsProps = {
  readonly state: ComparisonState;
  readonly isBusy: boolean;
  readonly isNumbers: boolean;
  readonly onAccept: () => void;
  readonly onAnswer: (isSame: boolean) => void;
  readonly onClose: () => void;
};

function Verbs({ state, isBusy, isNumbers, onAccept, onAnswer, onClose }: VerbsProps) {
  const { t } = useWords();
  switch (state.phase) {
    case "asked":
      return (
        <>
          <Button onClick={onClose}>{t("comparison.refuse")}</Button>
          {state.isPossible && (
            <Button kind="primary" isBusy={isBusy} onClick={onAccept}>
              {t("comparison.accept")}
            </Button>
          )}
        </>
      );
    case "comparing":
      return (
        <>
          <Button isBusy={isBusy} onClick={() => onAnswer(false)}>
            {t(isNumbers ? "comparison.differentNumbers" : "comparison.different")}
          </Button>
          <Button kind="primary" isBusy={isBusy} onClick={() => onAnswer(true)}>
            {t("comparison.same")}
          </Button>
        </>
      );
    case "done":
    case "ended":
      return <Button kind="primary" onClick={onClose}>{t("common.close")}</Button>;
    default:
      return <Button onClick={onClose}>{t("comparison.stop")}</Button>;
  }
}
