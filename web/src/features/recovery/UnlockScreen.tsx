import { useMemo, useState } from "react";
import type { Security, SecurityState } from "../../matrix/contract.ts";
import type { Formats } from "../../locales/formats.ts";
import type { Sentence } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { NewCodeDialog } from "../../parts/NewCodeDialog.tsx";
import { useSurroundings } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { codeProblem, codeProgress, labelled } from "./codeSentence.ts";
import { Page } from "./Page.tsx";
import { UnlockModel, type UnlockState } from "./UnlockModel.ts";

type Locked = Extract<SecurityState, { readonly phase: "locked" }>;
type Props = {
  readonly security: Security;
  readonly locked: Locked;
  readonly onLater: () => void;
};

/** On a new device: the code is typed, or another device is asked. */
export function UnlockScreen({ security, locked, onLater }: Props) {
  const { t, say, format } = useWords();
  const { toasts } = useSurroundings();
  const { takesPassphrase } = locked;
  const model = useMemo(() => new UnlockModel(security, takesPassphrase), [
    security,
    takesPassphrase,
  ]);
  const { text, reading, isTried, isBusy, outcome, problem } = useStore(model.state);
  const [isLost, setLost] = useState(false);
  const asking = useAction();
  const asked = labelled("unlock.asked", locked.code, format);
  const wrong = takesPassphrase ? undefined : codeProblem(reading, isTried);
  const refused = outcome && refusal(outcome, takesPassphrase, format);
  const error = refused ?? wrong;
  return (
    <Page title={t("unlock.title")} lead={t("unlock.lead")}>
      <form
        className="stack"
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (await model.submit()) toasts.show(t("unlock.confirmed"));
        }}
      >
        {asked && <p>{say(asked)}</p>}
        <div className="code-field">
          <TextArea
            autoFocus
            label={t(takesPassphrase ? "code.labelOrPhrase" : "code.label")}
            hint={takesPassphrase || error ? undefined : say(codeProgress(reading))}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            rows={3}
            maxLength={1000}
            value={text}
            error={error && say(error)}
            onChange={(event) => model.type(event.target.value)}
            onBlur={() => model.tidy()}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }}
          />
        </div>
        {problem && <Note kind="problem">{say(problem)}</Note>}
        <Button kind="primary" type="submit" isWide isBusy={isBusy}>{t("unlock.do")}</Button>
      </form>
      {locked.canCompare && (
        <>
          <p className="recovery-or">{t("unlock.or")}</p>
          <Button
            icon="devices"
            isWide
            isBusy={asking.isBusy}
            onClick={() => asking.run(() => security.compareWithDevices())}
          >
            {t("unlock.compare")}
          </Button>
        </>
      )}
      <p className="recovery-others">
        <button type="button" className="text-button" onClick={() => setLost(true)}>
          {t("unlock.lost")}
        </button>
        <button type="button" className="text-button" onClick={onLater}>{t("unlock.later")}</button>
      </p>
      {isLost && <NewCodeDialog security={security} isLost onClose={() => setLost(false)} />}
    </Page>
  );
}

function refusal(
  outcome: NonNullable<UnlockState["outcome"]>,
  takesPassphrase: boolean,
  format: Formats,
): Sentence {
  if (outcome.reason === "wrong") {
    return { key: takesPassphrase ? "unlock.wrongPhrase" : "code.wrong" };
  }
  const { number, createdTS } = outcome.code;
  if (number === undefined || createdTS === undefined) return { key: "code.formerUndated" };
  return { key: "code.former", values: { number, date: format.date(createdTS) } };
}
