import { useEffect, useMemo } from "react";
import type { RecoveryCode, Security } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient, useSurroundings } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note, Waiting } from "../../ui/Feedback.tsx";
import { PasswordField, TextField } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { CodeGroups } from "./CodeGroups.tsx";
import { CodeSheet } from "./CodeSheet.tsx";
import { labelled } from "./codeSentence.ts";
import { Page } from "./Page.tsx";
import { saveCode } from "./saveCode.ts";
import { SetUpModel } from "./SetUpModel.ts";

/** « Code de récupération »: shown once, kept by the person, and checked. */
export function SetUpScreen({ security }: { readonly security: Security }) {
  const { t, say } = useWords();
  const model = useMemo(() => new SetUpModel(security, Math.random), [security]);
  const state = useStore(model.state);
  useStore(security.state);
  useEffect(() => void model.begin(), [model]);
  const { code } = model;
  switch (state.step) {
    case "making":
      return (
        <Page title={t("recovery.title")} lead={t("recovery.lead")}>
          {state.problem
            ? (
              <>
                <Note kind="problem">{say(state.problem)}</Note>
                <Button isWide isBusy={state.isBusy} onClick={() => model.begin()}>
                  {t("common.retry")}
                </Button>
              </>
            )
            : <Waiting label={t("recovery.making")} />}
        </Page>
      );
    case "password":
      return <PasswordStep model={model} />;
    case "code":
      return code === undefined ? null : <CodeStep model={model} code={code} />;
    case "check":
      return <CheckStep model={model} />;
  }
}

function PasswordStep({ model }: { readonly model: SetUpModel }) {
  const { t, say } = useWords();
  const { password, isPasswordWrong, isBusy, problem } = useStore(model.state);
  return (
    <Page title={t("recovery.title")} lead={t("recovery.password")}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void model.begin(password);
        }}
      >
        <PasswordField
          autoFocus
          label={t("password.current")}
          showLabel={t("password.show")}
          hideLabel={t("password.hide")}
          autoComplete="current-password"
          value={password}
          error={isPasswordWrong ? t("password.currentWrong") : undefined}
          onChange={(event) => model.setPassword(event.target.value)}
        />
        {problem && <Note kind="problem">{say(problem)}</Note>}
        <Button kind="primary" type="submit" isWide isBusy={isBusy}>
          {t("recovery.continue")}
        </Button>
      </form>
    </Page>
  );
}

function CodeStep({ model, code }: { readonly model: SetUpModel; readonly code: RecoveryCode }) {
  const { t, say, format } = useWords();
  const { toasts } = useSurroundings();
  const account = useStore(useClient().account.profile).id;
  const { isKept, problem } = useStore(model.state);
  const label = labelled("code.dated", code, format);
  const save = () => {
    saveCode(
      t("recovery.file", { number: code.number ?? 1 }),
      [
        t("code.label"),
        ...(label ? [say(label)] : []),
        t("recovery.sheetOf", { account }),
        "",
        code.text,
        "",
        t("recovery.case"),
        t("recovery.sheetAdvice"),
      ],
    );
    model.kept();
  };
  const print = () => {
    globalThis.print();
    model.kept();
  };
  const copy = () =>
    globalThis.navigator.clipboard.writeText(code.text).then(() => {
      toasts.show(t("recovery.copied"));
      model.kept();
    }, () => {});
  return (
    <Page title={t("recovery.title")} lead={t("recovery.lead")}>
      <div className="code-card">
        {label && <p className="code-label">{say(label)}</p>}
        <CodeGroups text={code.text} />
        <p className="field-hint">{t("recovery.case")}</p>
      </div>
      <div className="code-verbs">
        <Button icon="download" onClick={save}>{t("recovery.save")}</Button>
        <Button icon="print" onClick={print}>{t("recovery.print")}</Button>
        <Button icon="copy" onClick={copy}>{t("recovery.copy")}</Button>
      </div>
      {problem && <Note kind="problem">{say(problem)}</Note>}
      <Button
        kind={isKept ? "primary" : "plain"}
        isWide
        onClick={() => model.proceed()}
      >
        {t("recovery.continue")}
      </Button>
      <CodeSheet code={code} account={account} />
    </Page>
  );
}

function CheckStep({ model }: { readonly model: SetUpModel }) {
  const { t, say } = useWords();
  const { toasts } = useSurroundings();
  const { place, typed, typedError, isBusy, problem } = useStore(model.state);
  return (
    <Page title={t("recovery.checkTitle")} lead={t("recovery.checkLead", { place })}>
      <form
        className="stack"
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (await model.check()) toasts.show(t("recovery.done"));
        }}
      >
        <div className="code-field">
          <TextField
            autoFocus
            label={t("recovery.checkLabel", { place })}
            hint={t("recovery.case")}
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            maxLength={20}
            value={typed}
            error={typedError && t(typedError, { place })}
            onChange={(event) => model.type(event.target.value)}
          />
        </div>
        {problem && <Note kind="problem">{say(problem)}</Note>}
        <Button kind="primary" type="submit" isWide isBusy={isBusy}>
          {t("recovery.checkDo")}
        </Button>
        <Button isWide onClick={() => model.backToCode()}>{t("recovery.again")}</Button>
      </form>
    </Page>
  );
}
