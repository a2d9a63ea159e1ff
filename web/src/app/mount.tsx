import { createRoot } from "react-dom/client";
import { fetchCatalog } from "../locales/catalog.ts";
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
  const { theme, language } = surroundings.settings.value.get();
  watchKeys(element.ownerDocument);
  showTheme(theme);
  const draw = () => createRoot(element).render(<App surroundings={surroundings} />);
  // Nobody is to see another language first.
  fetchCatalog(language).then(draw, draw);
}
