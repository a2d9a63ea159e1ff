import { createRoot } from "react-dom/client";
import type { Client } from "../matrix/contract.ts";
import { LocalSettingsModel } from "../parts/LocalSettings.ts";
import { watchKeys } from "../ui/focusSoon.ts";
import { Toasts } from "../ui/toasts.ts";
import { App } from "./App.tsx";
import { BrowserNavigator } from "./BrowserNavigator.ts";
import { showTheme } from "./useTheme.ts";

/** Draws the client into an element of the page, for good. */
export function mountApp(client: Client, element: HTMLElement): void {
  const surroundings = {
    client,
    navigator: new BrowserNavigator(globalThis.window),
    settings: new LocalSettingsModel(globalThis.localStorage),
    toasts: new Toasts(),
  };
  watchKeys(element.ownerDocument);
  showTheme(surroundings.settings.value.get().theme);
  createRoot(element).render(<App surroundings={surroundings} />);
}
