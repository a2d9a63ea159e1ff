import { commandOf } from "./shortcuts.ts";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("A key alone does nothing while one types, or when one does without", () => {
  const help = { ...plain, key: "?", shiftKey: true };
  expect(commandOf(help, false, true), "help");
  expect(commandOf(help, true, true), undefined);
  expect(commandOf(help, false, false), undefined);
});

Deno.test("Keys with Ctrl or Alt work while one types", () => {
  expect(commandOf({ ...plain, key: "k", ctrlKey: true }, true, false), "find");
  expect(commandOf({ ...plain, key: "k", metaKey: true }, true, false), "find");
  expect(commandOf({ ...plain, key: "ArrowDown", altKey: true }, true, false), "next");
  const unread = { ...plain, key: "ArrowUp", altKey: true, shiftKey: true };
  expect(commandOf(unread, true, false), "previousUnread");
  const search = { ...plain, key: "F", ctrlKey: true, shiftKey: true };
  expect(commandOf(search, true, false), "search");
  expect(commandOf({ ...search, shiftKey: false, key: "f" }, true, true), undefined);
  expect(commandOf({ ...plain, key: "k" }, false, true), undefined);
});
