import { Failure } from "../../matrix/contract.ts";
import { SignInModel } from "./SignInModel.ts";

const signInMethods = () => Promise.resolve({ password: true, singleSignOn: [] });

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("A wrong password is told in one sentence, and typing takes it away", async () => {
  const model = new SignInModel({
    signInMethods,
    signIn: () => Promise.reject(new Failure("M_FORBIDDEN", "no")),
  });
  model.change({ user: " amelie ", password: "faux" });
  await model.submit();
  expect(model.state.get().problem?.key, "login.wrong");
  model.change({ password: "f" });
  expect(model.state.get().problem, undefined);
});

Deno.test("Empty fields are told, and nothing is sent", async () => {
  let sent = 0;
  const model = new SignInModel({ signInMethods, signIn: () => Promise.resolve(void sent++) });
  await model.submit();
  expect(model.state.get().userError, "login.userMissing");
  expect(model.state.get().passwordError, "login.passwordMissing");
  expect(sent, 0);
});
