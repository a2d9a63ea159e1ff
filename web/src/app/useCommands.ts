import { useEffect } from "react";
import type { RoomID, Rooms } from "../matrix/contract.ts";
import { neighbour } from "../features/room-list/sections.ts";
import { useClient, useLocalSettings, useNavigator } from "../parts/Surroundings.tsx";
import type { Route } from "../parts/routes.ts";
import type { OpenDialog } from "./Shell.tsx";
import { commandOf } from "./shortcuts.ts";

/** Carries out the shortcuts that work everywhere, but not under an open window. */
export function useCommands(open: (dialog: OpenDialog) => void): void {
  const navigator = useNavigator();
  const { rooms } = useClient();
  const { hasSingleKeys } = useLocalSettings();
  useEffect(() => {
    const step = (by: 1 | -1, isUnread: boolean) => {
      const { favourites, direct, rooms: others, lowPriority } = rooms.sections.get();
      const route = navigator.route.get();
      const current = route.screen === "room" ? route.roomID : undefined;
      const hasUnread = (id: RoomID) => {
        const summary = rooms.room(id).summary.get();
        return summary !== undefined && summary.unreadCount + summary.highlightCount > 0;
      };
      const all = [...favourites, ...direct, ...others, ...lowPriority];
      const roomID = neighbour(all, current, by, isUnread ? hasUnread : undefined);
      if (roomID !== undefined) navigator.go({ screen: "room", roomID });
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
      const command = commandOf(event, isTyping(event.target), hasSingleKeys);
      if (command === undefined) return;
      event.preventDefault();
      switch (command) {
        case "find":
          return open("find");
        case "help":
          return open("shortcuts");
        case "search":
          return navigator.go(searchFrom(navigator.route.get(), rooms));
        case "settings":
          return navigator.go({ screen: "settings" });
        case "next":
          return step(1, false);
        case "previous":
          return step(-1, false);
        case "nextUnread":
          return step(1, true);
        case "previousUnread":
          return step(-1, true);
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [navigator, rooms, hasSingleKeys, open]);
}

/** In the conversation that is open; from there, and elsewhere, in all of them. */
function searchFrom(route: Route, rooms: Rooms): Route {
  const isRoom = route.screen === "room" && route.panel?.kind !== "search" &&
    rooms.room(route.roomID).summary.get()?.membership === "join";
  return isRoom ? { ...route, panel: { kind: "search" } } : { screen: "search" };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.matches("input, textarea, select") || target.isContentEditable);
}
