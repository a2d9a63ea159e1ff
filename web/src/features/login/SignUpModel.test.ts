import { type Answer, Failure, type Interactive, type NewAccount } from "../../matrix/contract.ts";
import { SignUpModel, usernameFor } from "./SignUpModel.ts";

const open = { open: true, flows: [["m.login.dummy"]] } as const;

function begin(signUp: (account: NewAccount, answer?: Answer) => Promise<Interactive>) {
  const model = new SignUpModel({
    signUpOffer: () => Promise.resolve(open),
    checkUsername: (name) =>
      name === "amelie" ? Promise.reject(new Failure("M_USER_IN_USE", "taken")) : Promise.resolve(),
    signUp,
  });
  return model;
}

const filled = { name: "Basile Martin", password: "un mot de passe", again: "un mot de passe" };

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("The address is proposed from the name, until one types one's own", () => {
  expect(usernameFor("Amélie Le Goff [Culture]"), "amelie.le-goff");
  expect(usernameFor("Jean-Baptiste Poquelin"), "jean-baptiste.poquelin");
  const model = begin(() => Promise.resolve({ done: true }));
  model.change({ name: "Basile" });
  expect(model.state.get().username, "basile");
  model.change({ username: "bm" });
  model.change({ name: "Basile Martin" });
  expect(model.state.get().username, "bm");
});

Deno.test("Each field says what is missing, and nothing is sent", async () => {
  let sent = 0;
  const model = begin(() => Promise.resolve({ done: true, count: sent++ }));
  await model.submit();
  const state = model.state.get();
  expect(state.nameError, "signUp.nameMissing");
  expect(state.usernameError, "signUp.usernameMissing");
  expect(state.passwordError, "password.tooShort");
  expect(sent, 0);
});

Deno.test("A name that is taken is told while one types the rest", async () => {
  const model = begin(() => Promise.resolve({ done: true }));
  model.change({ ...filled, username: "amelie" });
  await model.checkUsername();
  expect(model.state.get().usernameError, "signUp.usernameTaken");
});

Deno.test("A code is asked for where the server wants one, and a wrong one is told", async () => {
  const model = begin((_account, answer) => {
    const isRight = answer?.stage === "m.login.registration_token" && answer.token === "juste";
    if (isRight) return Promise.resolve({ done: true });
    const challenge = {
      session: "s",
      flows: [["m.login.registration_token"]],
      completed: [],
      next: "m.login.registration_token",
      params: {},
      ...(answer === undefined ? {} : { refused: { code: "M_UNAUTHORIZED", message: "no" } }),
    };
    return Promise.resolve({ done: false, challenge });
  });
  model.change(filled);
  await model.submit();
  expect(model.state.get().challenge?.next, "m.login.registration_token");
  model.change({ token: "faux" });
  await model.submit();
  expect(model.state.get().tokenError, "signUp.tokenWrong");
  model.change({ token: " juste " });
  await model.submit();
  expect(model.state.get().tokenError, undefined);
});
