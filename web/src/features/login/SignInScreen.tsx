import { useEffect, useMemo } from "react";
import type { SessionEnd } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { address } from "../../parts/routes.ts";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { PasswordField, TextField } from "../../ui/Field.tsx";
import { focusInvalid } from "../../ui/focusInvalid.ts";
import { useStore } from "../../ui/useStore.ts";
import { EntryFrame } from "./EntryFrame.tsx";
import { SignInModel } from "./SignInModel.ts";

type Props = {
  /** Why the last session is over, when it has just ended. */
  readonly ended?: SessionEnd | undefined;
  /** Who has to give the password again. */
  readonly locked?: string | undefined;
};

/** Where one comes in with an account. */
export function SignInScreen({ ended, locked }: Props) {
  const { t, say } = useWords();
  const { authentication } = useClient();
  const navigator = useNavigator();
  const model = useMemo(() => new SignInModel(authentication, locked), [authentication, locked]);
  const state = useStore(model.state);
  useEffect(() => void model.load(), [model]);
  return (
    <EntryFrame title={t("login.title")} lead={t("login.lead")}>
      {ended !== undefined && ended !== "left" && (
        <Note icon="info">{t(`login.ended.${ended}`)}</Note>
      )}
      {locked !== undefined && <Note icon="lock">{t("login.locked")}</Note>}
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          model.submit().then(() => focusInvalid(form));
        }}
      >
        <TextField
          label={t("login.user")}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          required
          value={state.user}
          readOnly={locked !== undefined}
          error={state.userError && t(state.userError)}
          onChange={(event) => model.change({ user: event.target.value })}
        />
        <PasswordField
          label={t("login.password")}
          showLabel={t("password.show")}
          hideLabel={t("password.hide")}
          autoComplete="current-password"
          required
          value={state.password}
          error={state.passwordError && t(state.passwordError)}
          onChange={(event) => model.change({ password: event.target.value })}
        />
        {state.problem && <Note kind="problem">{say(state.problem)}</Note>}
        <Button kind="primary" type="submit" isWide isBusy={state.isBusy}>{t("login.do")}</Button>
      </form>
      {locked === undefined && (
        <p className="entry-other">
          {t("login.noAccount")}{" "}
          <a
            href={address({ screen: "sign-up" })}
            onClick={(event) => {
              event.preventDefault();
              navigator.go({ screen: "sign-up" });
            }}
          >
            {t("signUp.title")}
          </a>
        </p>
      )}
    </EntryFrame>
  );
}
