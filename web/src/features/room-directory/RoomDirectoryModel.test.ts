import { Failure, type PublicRoom, type PublicRoomsPage } from "../../matrix/contract.ts";
import { RoomDirectoryModel } from "./RoomDirectoryModel.ts";

function room(id: string): PublicRoom {
  return { id, joinedCount: 1, isWorldReadable: false, joinRule: "public" };
}

const soon = () => Promise.resolve();

function expect(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

Deno.test("Pages are put one after the other, and what comes twice is shown once", async () => {
  const model = new RoomDirectoryModel({
    publicRooms: ({ from }): Promise<PublicRoomsPage> =>
      Promise.resolve(
        from === undefined
          ? { rooms: [room("!a"), room("!b")], next: "2", total: 3 }
          : { rooms: [room("!b"), room("!c")], total: 3 },
      ),
  }, soon);
  await model.search("");
  await model.more();
  await model.more();
  expect(model.state.get().rooms.map((one) => one.id), ["!a", "!b", "!c"]);
  expect(model.state.get().next, undefined);
});

Deno.test("The answer to an older question is dropped", async () => {
  const answers: ((page: PublicRoomsPage) => void)[] = [];
  const model = new RoomDirectoryModel({
    publicRooms: () => new Promise((answer) => answers.push(answer)),
  }, soon);
  const first = model.search("");
  const second = model.search("presse");
  await soon();
  await soon();
  answers[1]?.({ rooms: [room("!presse")] });
  answers[0]?.({ rooms: [room("!autre")] });
  await Promise.all([first, second]);
  expect(model.state.get().rooms.map((one) => one.id), ["!presse"]);
});

Deno.test("After a failure one can try again", async () => {
  let fails = true;
  const model = new RoomDirectoryModel({
    publicRooms: () =>
      fails
        ? Promise.reject(new Failure("OFFLINE", "no answer"))
        : Promise.resolve({ rooms: [room("!a")] }),
  }, soon);
  await model.search("");
  expect(model.state.get().status, "failed");
  fails = false;
  await model.retry();
  expect(model.state.get().status, "done");
  expect(model.state.get().problem, undefined);
});
