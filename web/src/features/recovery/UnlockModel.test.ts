import { writeRecoveryCode } from "../../crypto/secrets/recoveryCode.ts";
import { Failure, type Opening } from "../../matrix/contract.ts";
import { assertEquals } from "../../platform/assert.ts";
import { codeProblem, codeProgress } from "./codeSentence.ts";
import { UnlockModel } from "./UnlockModel.ts";

const code = writeRecoveryCode(new Uint8Array(32).fill(7));

function begun(opening: Opening | Failure, takesPassphrase = false) {
  const asked: string[] = [];
  const model = new UnlockModel({
    openWith(text) {
      asked.push(text);
      return opening instanceof Failure ? Promise.reject(opening) : Promise.resolve(opening);
    },
  }, takesPassphrase);
  return { model, asked };
}

function wrong(model: UnlockModel) {
  const { reading, isTried } = model.state.get();
  return codeProblem(reading, isTried);
}

Deno.test("What cannot be in a code is said while it is typed", () => {
  const { model } = begun({ done: true });
  model.type("Es");
  assertEquals(wrong(model), undefined);
  model.type("EsO");
  assertEquals(wrong(model), { key: "code.lookalike", values: { character: "O", place: 3 } });
  model.type("ES");
  assertEquals(wrong(model), { key: "code.notACode", values: { place: 2 } });
  model.type(code.replace(/.$/, (last) => last === "a" ? "b" : "a"));
  assertEquals(wrong(model)?.key, "code.mistyped");
  model.type(`${code}a`);
  assertEquals(wrong(model), { key: "code.tooLong", values: { count: 1 } });
});

Deno.test("Nothing is asked of the account before the code is whole", async () => {
  const { model, asked } = begun({ done: true });
  model.type(code.slice(0, 12));
  assertEquals(codeProgress(model.state.get().reading), {
    key: "code.typed",
    values: { count: 10 },
  });
  assertEquals(await model.submit(), false);
  assertEquals(wrong(model), { key: "code.missing", values: { count: 38 } });
  model.type(code.replaceAll(" ", "\n"));
  model.tidy();
  assertEquals(model.state.get().text, code);
  assertEquals([await model.submit(), asked], [true, [code]]);
});

Deno.test("An older code is told from a wrong one, and a failure from both", async () => {
  const label = { number: 1, createdTS: 5 };
  const { model } = begun({ done: false, reason: "former", code: label });
  model.type(code);
  await model.submit();
  assertEquals(model.state.get().outcome, { done: false, reason: "former", code: label });
  model.type(`${code} `);
  assertEquals(model.state.get().outcome, undefined);
  const offline = begun(new Failure("OFFLINE", "no answer"));
  offline.model.type(code);
  await offline.model.submit();
  assertEquals(offline.model.state.get().problem, { key: "problem.offline" });
});

Deno.test("Where the account has a passphrase, what is no code is tried too", async () => {
  const { model, asked } = begun({ done: true }, true);
  model.type("une phrase secrète à moi");
  model.tidy();
  assertEquals(await model.submit(), true);
  model.type("  ");
  assertEquals(await model.submit(), false);
  assertEquals(asked, ["une phrase secrète à moi"]);
});
