import { createContext, type ReactNode, useContext } from "react";
import type { Client, RoomID } from "../matrix/contract.ts";
import { useStore } from "../ui/useStore.ts";
import type { Toasts } from "../ui/toasts.ts";
import type { LocalSettings, LocalSettingsModel } from "./LocalSettings.ts";
import type { Navigator, Route } from "./routes.ts";

/** What every feature may use: one of each for the page. */
export type Surroundings = {
  readonly client: Client;
  readonly navigator: Navigator;
  readonly settings: LocalSettingsModel;
  readonly toasts: Toasts;
};

const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

type Props = { readonly value: Surroundings; readonly children: ReactNode };

export function SurroundingsProvider({ value, children }: Props) {
  return <SurroundingsContext.Provider value={value}>{children}</SurroundingsContext.Provider>;
}

export function useSurroundings(): Surroundings {
  const value = useContext(SurroundingsContext);
  if (value === undefined) throw new Error("drawn outside of SurroundingsProvider");
  return value;
}

export function useClient(): Client {
  return useSurroundings().client;
}

export function useRoom(id: RoomID) {
  return useClient().rooms.room(id);
}

export function useNavigator(): Navigator {
  return useSurroundings().navigator;
}

export function useRoute(): Route {
  return useStore(useSurroundings().navigator.route);
}

export function useLocalSettings(): LocalSettings {
  return useStore(useSurroundings().settings.value);
}
