import type { Interactive, SecurityState } from "../../matrix/contract.ts";
import { assertEquals } from "../../platform/assert.ts";
import { Cell } from "../../platform/Cell.ts";
import { SetUpModel } from "./SetUpModel.ts";

const text = "EsAA BBBB cccc DdDd EEEE FFFF GGGG HHHH JJJJ KKKK LLLL MMMM";

function begun(password?: string) {
  const state = new Cell<SecurityState>({ phase: "new" });
  let made = 0;
  const security = {
    state,
    createCode(answer?: unknown): Promise<Interactive> {
      const given = (answer as { password?: string } | undefined)?.password;
      if (password !== undefined && given !== password) {
        const challenge = {
          session: "s",
          flows: [["m.login.password"]],
          completed: [],
          next: "m.login.password",
          params: {},
        };
        return Promise.resolve({ done: false, challenge });
      }
      made++;
      state.set({ phase: "unsaved", code: { text, number: 1, createdTS: 5 } });
      return Promise.resolve({ done: true });
    },
    confirmCode() {
      state.set({ phase: "ready", code: { number: 1 } });
      return Promise.resolve();
    },
  };
  // The group asked for is the fourth.
  return { state, security, made: () => made, model: new SetUpModel(security, () => 0.2) };
}

Deno.test("The code is made at once, and must be kept before going on", async () => {
  const { model } = begun();
  await model.begin();
  assertEquals(model.state.get().step, "code");
  model.proceed();
  assertEquals(model.state.get().problem, { key: "recovery.keepFirst" });
  model.kept();
  model.proceed();
  assertEquals([model.state.get().step, model.state.get().place], ["check", 4]);
});

Deno.test("A page that is loaded again shows the code that was made", async () => {
  const { security, model, made } = begun();
  await model.begin();
  const again = new SetUpModel(security, () => 0);
  await again.begin();
  assertEquals([again.state.get().step, again.code?.text, made()], ["code", text, 1]);
});

Deno.test("One group of it is asked for; its case counts, spaces do not", async () => {
  const { model, state } = begun();
  await model.begin();
  model.kept();
  model.proceed();
  model.type("BBBB");
  assertEquals(await model.check(), false);
  assertEquals(model.state.get().typedError, "recovery.checkWrong");
  model.type("dddd");
  await model.check();
  assertEquals(model.state.get().typedError, "recovery.checkWrongCase");
  assertEquals(state.get().phase, "unsaved");
  model.type(" Dd-Dd\u200b ");
  assertEquals(await model.check(), true);
  assertEquals(state.get().phase, "ready");
});

Deno.test("Where the server wants the password, it is asked for", async () => {
  const { model } = begun("secret");
  await model.begin();
  assertEquals(model.state.get().step, "password");
  await model.begin("wrong");
  assertEquals(model.state.get().isPasswordWrong, true);
  await model.begin("secret");
  assertEquals(model.state.get().step, "code");
});
