import { useMemo } from "react";
import { useWords } from "../../locales/Words.tsx";
import { MIN_PASSWORD } from "../../parts/passwordRules.ts";
import { useClient } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Check, PasswordField } from "../../ui/Field.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { focusInvalid } from "../../ui/focusInvalid.ts";
import { useStore } from "../../ui/useStore.ts";
import { PasswordForm } from "./PasswordForm.ts";
import { Section } from "./Section.tsx";

/** Changes the password. */
export function PasswordSection() {
  const { t, say } = useWords();
  const { account } = useClient();
  const { canChangePassword } = useStore(account.limits);
  const form = useMemo(() => new PasswordForm(account), [account]);
  const state = useStore(form.state);
  if (!canChangePassword) return null;
  const show = { showLabel: t("password.show"), hideLabel: t("password.hide") };
  return (
    <Section title={t("password.title")}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const drawn = event.currentTarget;
          form.submit().then(() => focusInvalid(drawn));
        }}
      >
        <PasswordField
          {...show}
          label={t("password.current")}
          autoComplete="current-password"
          value={state.current}
          error={state.currentError && t(state.currentError)}
          onChange={(event) => form.change({ current: event.target.value })}
        />
        <PasswordField
          {...show}
          label={t("password.next")}
          hint={t("password.hint", { count: MIN_PASSWORD })}
          autoComplete="new-password"
          value={state.next}
          error={state.nextError && t(state.nextError)}
          onChange={(event) => form.change({ next: event.target.value })}
        />
        <PasswordField
          {...show}
          label={t("password.again")}
          autoComplete="new-password"
          value={state.again}
          error={state.againError && t(state.againError)}
          onChange={(event) => form.change({ again: event.target.value })}
        />
        <Check
          label={t("password.endsOthers")}
          isChecked={state.endsOthers}
          onChange={(endsOthers) => form.change({ endsOthers })}
        />
        {state.problem && <Note kind="problem">{say(state.problem)}</Note>}
        <div role="status">{state.isDone && <Note icon="check">{t("password.done")}</Note>}</div>
        <div className="settings-verbs">
          <Button kind="primary" type="submit" isBusy={state.isBusy}>{t("password.do")}</Button>
        </div>
      </form>
    </Section>
  );
}
