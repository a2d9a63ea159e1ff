import type { Key as TextKey } from "../locales/translate.ts";

/** What a key does anywhere in the client. */
export type Command =
  | "find"
  | "help"
  | "next"
  | "previous"
  | "nextUnread"
  | "previousUnread"
  | "search"
  | "settings";

type Key = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
};

/** - `isTyping`: the focus is where letters are letters. */
export function commandOf(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Key,
  isTyping: boolean,
  hasSingleKeys: boolean,
): Command | undefined {
  const hasControl = ctrlKey || metaKey;
  if (hasControl && !altKey && !shiftKey) {
    if (key === "k" || key === "K") return "find";
    if (key === ",") return "settings";
  }
  if (hasControl && !altKey && shiftKey && (key === "f" || key === "F")) return "search";
  if (altKey && !hasControl) {
    if (key === "ArrowDown") return shiftKey ? "nextUnread" : "next";
    if (key === "ArrowUp") return shiftKey ? "previousUnread" : "previous";
  }
  const isAlone = !hasControl && !altKey && !isTyping && hasSingleKeys;
  return isAlone && key === "?" ? "help" : undefined;
}

export type ShortcutGroup = {
  readonly title: TextKey;
  readonly shortcuts: readonly {
    readonly keys: readonly string[];
    readonly does: TextKey;
  }[];
};

/** All shortcuts, as the list shows them. */
export const shortcutGroups: readonly ShortcutGroup[] = [
  {
    title: "shortcuts.everywhere",
    shortcuts: [
      { keys: ["Ctrl", "K"], does: "find.title" },
      { keys: ["Ctrl", "Maj", "F"], does: "search.title" },
      { keys: ["Alt", "↓"], does: "shortcuts.next" },
      { keys: ["Alt", "↑"], does: "shortcuts.previous" },
      { keys: ["Alt", "Maj", "↓"], does: "shortcuts.nextUnread" },
      { keys: ["Ctrl", ","], does: "shortcuts.settings" },
      { keys: ["Échap"], does: "shortcuts.escape" },
      { keys: ["?"], does: "shortcuts.help" },
    ],
  },
  {
    title: "shortcuts.composer",
    shortcuts: [
      { keys: ["Entrée"], does: "shortcuts.send" },
      { keys: ["Maj", "Entrée"], does: "shortcuts.line" },
      { keys: ["↑"], does: "shortcuts.editLast" },
      { keys: ["@"], does: "shortcuts.mention" },
      { keys: [":"], does: "shortcuts.emoji" },
      { keys: ["Ctrl", "B"], does: "shortcuts.bold" },
      { keys: ["Ctrl", "I"], does: "shortcuts.italic" },
      { keys: ["Ctrl", "E"], does: "shortcuts.code" },
    ],
  },
  {
    title: "shortcuts.message",
    shortcuts: [
      { keys: ["↑"], does: "shortcuts.upMessage" },
      { keys: ["↓"], does: "shortcuts.downMessage" },
      { keys: ["R"], does: "message.reply" },
      { keys: ["E"], does: "message.edit" },
      { keys: ["+"], does: "message.react" },
      { keys: ["Suppr"], does: "message.remove" },
    ],
  },
];
