import { useEffect } from "react";
import { roomName } from "../locales/roomName.ts";
import { useWords } from "../locales/Words.tsx";
import type { Route } from "../parts/routes.ts";
import { useClient } from "../parts/Surroundings.tsx";
import { useStore } from "../ui/useStore.ts";
import { pageTitle } from "./pageTitle.ts";

const none = { get: () => undefined, subscribe: () => () => {} };

/** Says in the title of the page what is shown and how much is unread; also on the app's icon. */
export function usePageTitle(route: Route): void {
  const { t, format } = useWords();
  const { rooms } = useClient();
  const totals = useStore(rooms.totals);
  const summary = useStore(route.screen === "room" ? rooms.room(route.roomID).summary : none);
  const room = summary === undefined ? undefined : roomName(summary.name, t, format);
  const shown = {
    home: undefined,
    room,
    directory: t("directory.title"),
    people: t("people.title"),
    search: t("search.title"),
    settings: t("settings.title"),
    "sign-up": undefined,
  }[route.screen];
  useEffect(() => {
    document.title = pageTitle(shown, totals);
  }, [shown, totals]);
  useEffect(() => {
    const badge = navigator as { setAppBadge?: (count: number) => Promise<void> };
    badge.setAppBadge?.(totals.unreadRooms + totals.invites).catch(() => {});
  }, [totals]);
}
