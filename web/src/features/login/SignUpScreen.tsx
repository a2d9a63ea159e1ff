import { useEffect, useMemo } from "react";
import { useWords } from "../../locales/Words.tsx";
import { MIN_PASSWORD } from "../../parts/passwordRules.ts";
import { address, home } from "../../parts/routes.ts";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { PasswordField, TextField } from "../../ui/Field.tsx";
import { focusInvalid } from "../../ui/focusInvalid.ts";
import { useStore } from "../../ui/useStore.ts";
import { EntryFrame } from "./EntryFrame.tsx";
import { SignUpModel } from "./SignUpModel.ts";

/** Where one makes an account. */
export function SignUpScreen() {
  const { t, say } = useWords();
  const { authentication } = useClient();
  const navigator = useNavigator();
  const model = useMemo(() => new SignUpModel(authentication), [authentication]);
  const state = useStore(model.state);
  const offer = useStore(model.offer);
  useEffect(() => void model.load(), [model]);
  const show = { showLabel: t("password.show"), hideLabel: t("password.hide") };
  return (
    <EntryFrame title={t("signUp.title")} lead={t("signUp.lead")}>
      {offer?.open === false ? <Note icon="info">{t("signUp.closed")}</Note> : (
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
            label={t("signUp.name")}
            hint={t("signUp.nameHint")}
            autoComplete="name"
            required
            maxLength={120}
            value={state.name}
            error={state.nameError && t(state.nameError)}
            onChange={(event) => model.change({ name: event.target.value })}
          />
          <TextField
            label={t("signUp.username")}
            hint={t("signUp.usernameHint")}
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            maxLength={120}
            value={state.username}
            error={state.usernameError && t(state.usernameError)}
            onChange={(event) => model.change({ username: event.target.value.toLowerCase() })}
            onBlur={() => model.checkUsername()}
          />
          <PasswordField
            {...show}
            label={t("signUp.password")}
            hint={t("password.hint", { count: MIN_PASSWORD })}
            autoComplete="new-password"
            required
            value={state.password}
            error={state.passwordError && t(state.passwordError)}
            onChange={(event) => model.change({ password: event.target.value })}
          />
          <PasswordField
            {...show}
            label={t("signUp.again")}
            autoComplete="new-password"
            required
            value={state.again}
            error={state.againError && t(state.againError)}
            onChange={(event) => model.change({ again: event.target.value })}
          />
          {state.challenge?.next === "m.login.registration_token" && (
            <TextField
              label={t("signUp.token")}
              hint={t("signUp.tokenHint")}
              autoComplete="off"
              required
              value={state.token}
              error={state.tokenError && t(state.tokenError)}
              onChange={(event) => model.change({ token: event.target.value })}
            />
          )}
          {state.challenge?.next === "m.login.terms" && <Note icon="info">{t("signUp.terms")}
          </Note>}
          {state.problem && <Note kind="problem">{say(state.problem)}</Note>}
          <Button kind="primary" type="submit" isWide isBusy={state.isBusy}>
            {t("signUp.do")}
          </Button>
        </form>
      )}
      <p className="entry-other">
        {t("signUp.hasAccount")}{" "}
        <a
          href={address(home)}
          onClick={(event) => {
            event.preventDefault();
            navigator.go(home);
          }}
        >
          {t("login.do")}
        </a>
      </p>
    </EntryFrame>
  );
}
