import { Value } from "../ui/Value.ts";
import type { Language } from "../locales/translate.ts";

/** What this browser remembers of how the client looks and behaves. */
export type LocalSettings = {
  readonly theme: "system" | "light" | "dark";
  readonly language: Language;
  /** Shortcuts of a single key, which people who dictate to their computer must be able to turn off. */
  readonly hasSingleKeys: boolean;
  /** Enter sends; otherwise Ctrl+Enter does, and Enter begins a line. */
  readonly enterSends: boolean;
  readonly sidebarWidth: number;
  readonly recentEmoji: readonly string[];
};

export const defaults: LocalSettings = {
  theme: "system",
  language: "fr",
  hasSingleKeys: true,
  enterSends: true,
  sidebarWidth: 20,
  recentEmoji: ["👍", "❤️", "😂", "🎉", "🙏", "👀", "✅", "👏"],
};

/** Where a text can be kept: `localStorage`, or a `Map` in tests. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
}

const NAME = "chappe.settings";
const MAX_RECENT = 24;

/** The settings of this browser. Damaged or missing ones count as never set. */
export class LocalSettingsModel {
  readonly value: Value<LocalSettings>;

  constructor(private readonly shelf: Shelf) {
    this.value = new Value(read(shelf));
  }

  change(changes: Partial<LocalSettings>): void {
    this.value.update((old) => ({ ...old, ...changes }));
    try {
      this.shelf.setItem(NAME, JSON.stringify(this.value.get()));
    } catch {
      // A full or forbidden storage: the settings hold until the page closes.
    }
  }

  /** Puts an emoji in front of those used lately. */
  use(emoji: string): void {
    const others = this.value.get().recentEmoji.filter((one) => one !== emoji);
    this.change({ recentEmoji: [emoji, ...others].slice(0, MAX_RECENT) });
  }
}

function read(shelf: Shelf): LocalSettings {
  try {
    const stored: unknown = JSON.parse(shelf.getItem(NAME) ?? "{}");
    return typeof stored === "object" ? clean(stored as Record<string, unknown>) : defaults;
  } catch {
    return defaults;
  }
}

function clean(stored: Record<string, unknown>): LocalSettings {
  const { theme, language, hasSingleKeys, enterSends, sidebarWidth, recentEmoji } = stored;
  return {
    theme: theme === "light" || theme === "dark" ? theme : defaults.theme,
    language: language === "en" ? "en" : "fr",
    hasSingleKeys: typeof hasSingleKeys === "boolean" ? hasSingleKeys : defaults.hasSingleKeys,
    enterSends: typeof enterSends === "boolean" ? enterSends : defaults.enterSends,
    sidebarWidth: typeof sidebarWidth === "number" && sidebarWidth >= 14 && sidebarWidth <= 32
      ? sidebarWidth
      : defaults.sidebarWidth,
    recentEmoji: Array.isArray(recentEmoji)
      ? recentEmoji.filter((one) => typeof one === "string").slice(0, MAX_RECENT)
      : defaults.recentEmoji,
  };
}
