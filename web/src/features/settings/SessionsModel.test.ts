import type { Answer, Device, Interactive } from "../../matrix/contract.ts";
import { SessionsModel } from "./SessionsModel.ts";

const devices: readonly Device[] = [
  { id: "OLD", lastSeenTS: 1, isCurrent: false },
  { id: "PHONE", lastSeenTS: 5, isCurrent: false },
  { id: "HERE", lastSeenTS: 2, isCurrent: true },
];

function endDevices(_ids: readonly string[], answer?: Answer): Promise<Interactive> {
  const isRight = answer?.stage === "m.login.password" && answer.password === "juste";
  if (isRight) return Promise.resolve({ done: true });
  const challenge = {
    session: "s",
    flows: [["m.login.password"]],
    completed: [],
    next: "m.login.password",
    params: {},
  };
  return Promise.resolve({ done: false, challenge });
}

function ids(model: SessionsModel): string {
  return model.state.get().devices.map((device) => device.id).join();
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("This session comes first, then the one used last; an ended one is gone", async () => {
  const model = new SessionsModel({ devices: () => Promise.resolve(devices), endDevices });
  await model.load();
  expect(ids(model), "HERE,PHONE,OLD");
  expect(await model.end(["OLD"]), "password");
  expect(await model.end(["OLD"], "faux"), "password");
  expect(ids(model), "HERE,PHONE,OLD");
  expect(await model.end(["OLD"], "juste"), "done");
  expect(ids(model), "HERE,PHONE");
});
