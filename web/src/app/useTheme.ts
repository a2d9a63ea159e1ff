import { useLayoutEffect } from "react";
import type { LocalSettings } from "../parts/LocalSettings.ts";

/** Puts the chosen theme on the page, and follows the system where that was chosen. */
export function useTheme(theme: LocalSettings["theme"]): void {
  useLayoutEffect(() => {
    const system = globalThis.matchMedia(DARK);
    const show = () => showTheme(theme);
    show();
    system.addEventListener("change", show);
    return () => system.removeEventListener("change", show);
  }, [theme]);
}

const DARK = "(prefers-color-scheme: dark)";

/** Also called before anything is drawn, so that nothing is ever drawn in the other theme. */
export function showTheme(theme: LocalSettings["theme"]): void {
  const isDark = theme === "dark" || (theme === "system" && globalThis.matchMedia(DARK).matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}
