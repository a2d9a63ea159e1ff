import { PeopleSearch } from "./PeopleSearch.ts";
import { Failure, type UserSearch } from "../matrix/contract.ts";

const amelie = { id: "@amelie:culture.example", name: "Amélie Dupont [Culture]" };

Deno.test("An answer that comes after another letter was typed is dropped", async () => {
  const answers: ((value: UserSearch) => void)[] = [];
  const findUsers = () => new Promise<UserSearch>((answer) => answers.push(answer));
  const search = new PeopleSearch({ findUsers }, () => Promise.resolve());
  const first = search.search("am");
  await Promise.resolve();
  const second = search.search("amé");
  await Promise.resolve();
  answers[1]?.({ users: [amelie], isLimited: false });
  answers[0]?.({ users: [], isLimited: true });
  await Promise.all([first, second]);
  const { status, people, isLimited } = search.state.get();
  if (status !== "done" || people[0] !== amelie || isLimited) throw new Error("the late one won");
});

Deno.test("A failure is told, and the next search forgets it", async () => {
  const search = new PeopleSearch({
    findUsers: (query) =>
      query === "a"
        ? Promise.reject(new Failure("OFFLINE", "no answer"))
        : Promise.resolve({ users: [amelie], isLimited: false }),
  }, () => Promise.resolve());
  await search.search("a");
  if (search.state.get().problem?.key !== "problem.offline") throw new Error("not told");
  await search.search("ab");
  if (search.state.get().problem !== undefined) throw new Error("still told");
});
