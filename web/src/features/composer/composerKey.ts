/** What a key asks the composer to do. */
export type ComposerVerb =
  | "send"
  | "editLast"
  | "stopEditing"
  | "stopReply"
  | "closeList"
  | "take"
  | "next"
  | "previous"
  | "bold"
  | "italic"
  | "code";

type Key = {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

export type ComposerSituation = {
  readonly enterSends: boolean;
  readonly isListOpen: boolean;
  readonly isEmpty: boolean;
  readonly isEditing: boolean;
  readonly isReplying: boolean;
};

/** Undefined: the key is the text's own. While an input method composes, all keys are. */
export function composerKey(
  event: Key,
  isComposing: boolean,
  now: ComposerSituation,
): ComposerVerb | undefined {
  if (isComposing || event.altKey) return undefined;
  const hasControl = event.ctrlKey || event.metaKey;
  if (now.isListOpen && !hasControl && !event.shiftKey) {
    const verb = listKeys[event.key];
    if (verb !== undefined) return verb;
  }
  switch (event.key) {
    case "Enter":
      if (hasControl) return "send";
      return now.enterSends && !event.shiftKey ? "send" : undefined;
    case "ArrowUp":
      return now.isEmpty && !event.shiftKey && !hasControl ? "editLast" : undefined;
    case "Escape":
      if (now.isListOpen) return "closeList";
      if (now.isEditing) return "stopEditing";
      return now.isReplying ? "stopReply" : undefined;
    case "b":
      return hasControl && !event.shiftKey ? "bold" : undefined;
    case "i":
      return hasControl && !event.shiftKey ? "italic" : undefined;
    case "e":
      return hasControl && !event.shiftKey ? "code" : undefined;
    default:
      return undefined;
  }
}

const listKeys: Readonly<Partial<Record<string, ComposerVerb>>> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Enter: "take",
  Tab: "take",
};
