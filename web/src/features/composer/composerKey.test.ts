import { composerKey, type ComposerSituation } from "./composerKey.ts";

const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const calm: ComposerSituation = {
  enterSends: true,
  isListOpen: false,
  isEmpty: false,
  isEditing: false,
  isReplying: false,
};

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Enter sends and Shift+Enter begins a line, or the other way round by choice", () => {
  const enter = { ...plain, key: "Enter" };
  expect(composerKey(enter, false, calm), "send");
  expect(composerKey({ ...enter, shiftKey: true }, false, calm), undefined);
  const otherwise = { ...calm, enterSends: false };
  expect(composerKey(enter, false, otherwise), undefined);
  expect(composerKey({ ...enter, ctrlKey: true }, false, otherwise), "send");
});

Deno.test("While an accent or a Chinese word is being composed, Enter is the input method's", () => {
  expect(composerKey({ ...plain, key: "Enter" }, true, calm), undefined);
});

Deno.test("Up edits the last message only when nothing is written", () => {
  const up = { ...plain, key: "ArrowUp" };
  expect(composerKey(up, false, calm), undefined);
  expect(composerKey(up, false, { ...calm, isEmpty: true }), "editLast");
});

Deno.test("Esc closes one thing at a time", () => {
  const escape = { ...plain, key: "Escape" };
  const all = { ...calm, isListOpen: true, isEditing: true, isReplying: true };
  expect(composerKey(escape, false, all), "closeList");
  expect(composerKey(escape, false, { ...all, isListOpen: false }), "stopEditing");
  expect(composerKey(escape, false, { ...calm, isReplying: true }), "stopReply");
  expect(composerKey(escape, false, calm), undefined);
});

Deno.test("An open list takes the arrows, Enter and Tab", () => {
  const open = { ...calm, isListOpen: true, isEmpty: true };
  expect(composerKey({ ...plain, key: "ArrowUp" }, false, open), "previous");
  expect(composerKey({ ...plain, key: "Tab" }, false, open), "take");
  expect(composerKey({ ...plain, key: "Enter" }, false, open), "take");
  expect(composerKey({ ...plain, key: "Tab", shiftKey: true }, false, open), undefined);
});
