import type { Answer, Interactive } from "../../matrix/contract.ts";
import { PasswordForm } from "./PasswordForm.ts";

const challenge: Interactive = {
  done: false,
  challenge: {
    session: "s",
    flows: [["m.login.password"]],
    completed: [],
    next: "m.login.password",
    params: {},
  },
};

function changePassword(_password: string, _ends: boolean, answer?: Answer): Promise<Interactive> {
  const isRight = answer?.stage === "m.login.password" && answer.password === "ancien";
  return Promise.resolve(isRight ? { done: true } : challenge);
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("The new password has to be long enough and typed twice", async () => {
  const form = new PasswordForm({ changePassword });
  form.change({ current: "ancien", next: "court", again: "autre" });
  await form.submit();
  expect(form.state.get().nextError, "password.tooShort");
  expect(form.state.get().againError, "password.different");
});

Deno.test("A wrong present password is told beside its field", async () => {
  const form = new PasswordForm({ changePassword });
  form.change({ current: "faux", next: "un mot de passe", again: "un mot de passe" });
  await form.submit();
  expect(form.state.get().currentError, "password.currentWrong");
  expect(form.state.get().isBusy, false);
});

Deno.test("When it is done, nothing stays in the fields", async () => {
  const form = new PasswordForm({ changePassword });
  form.change({ current: "ancien", next: "un mot de passe", again: "un mot de passe" });
  await form.submit();
  expect(form.state.get().isDone, true);
  expect(form.state.get().next + form.state.get().current, "");
});
