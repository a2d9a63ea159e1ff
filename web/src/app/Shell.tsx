import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { MessageSearchModel } from "../features/message-search/MessageSearchModel.ts";
import { useWords } from "../locales/Words.tsx";
import type { RoomID } from "../matrix/contract.ts";
import { useClient, useNavigator, useRoom, useRoute } from "../parts/Surroundings.tsx";
import { EmptyState } from "../ui/Feedback.tsx";
import { useMatch } from "../ui/useMatch.ts";
import { useStore } from "../ui/useStore.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import {
  CreateRoomDialog,
  fetchScreens,
  NewDirectDialog,
  PeopleScreen,
  QuickFindDialog,
  RoomDirectoryScreen,
  SettingsScreen,
  ShortcutsDialog,
  SignOutDialog,
} from "./laterScreens.ts";
import { LockedBanner } from "./LockedBanner.tsx";
import { RoomScreen } from "./RoomScreen.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { useCommands } from "./useCommands.ts";
import { usePageTitle } from "./usePageTitle.ts";
import { useScreenFocus } from "./useScreenFocus.ts";

const SearchScreen = lazy(async () => ({
  default: (await import("../features/message-search/SearchScreen.tsx")).SearchScreen,
}));

/** A window that is open above the panes. */
export type OpenDialog = "create" | "direct" | "find" | "shortcuts" | "sign-out";

type Props = { readonly onUnlock: () => void };

/** The panes of somebody signed in, and the windows above them. */
export function Shell({ onUnlock }: Props) {
  const { t } = useWords();
  const route = useRoute();
  const [dialog, setDialog] = useState<OpenDialog>();
  const close = useCallback(() => setDialog(undefined), []);
  const create = useCallback(() => setDialog("create"), []);
  const direct = useCallback(() => setDialog("direct"), []);
  const { model: search, open: openSearch } = useSearch();
  const isNarrow = useMatch("(max-width: 44.99rem)");
  // Who has just signed up is at home, whatever the address still says.
  const isSub = route.screen !== "home" && route.screen !== "sign-up";
  const current = route.screen === "room" ? route.roomID : undefined;

  useCommands(setDialog);
  usePageTitle(route);
  useScreenFocus(route, dialog);
  useEffect(() => setDialog(undefined), [current]);
  useEffect(fetchScreens, []);

  return (
    <div className={isSub ? "shell shell-sub" : "shell"}>
      <p className="skips">
        <a href="#rooms" onClick={skip}>{t("app.skipToRooms")}</a>
        <a href="#main" onClick={skip}>{t("app.skipToMain")}</a>
        {current && <SkipToComposer roomID={current} />}
      </p>
      <ConnectionBanner />
      <LockedBanner onUnlock={onUnlock} />
      <div className="panes">
        <Sidebar
          current={current}
          screen={route.screen}
          isMain={!isSub && isNarrow}
          onCreateRoom={create}
          onNewDirect={direct}
          onFind={() => setDialog("find")}
          onSearch={openSearch}
        />
        <main id="main" className="main" tabIndex={-1}>
          {route.screen === "room" && (
            <RoomScreen key={route.roomID} route={route} onSearch={openSearch} />
          )}
          {route.screen === "directory" && <RoomDirectoryScreen onCreateRoom={create} />}
          {route.screen === "people" && <PeopleScreen />}
          {route.screen === "search" && (
            <Suspense fallback={<h1 className="only-heard">{t("search.title")}</h1>}>
              <SearchScreen model={search} />
            </Suspense>
          )}
          {route.screen === "settings" && (
            <SettingsScreen
              onSignOut={() => setDialog("sign-out")}
              onShortcuts={() => setDialog("shortcuts")}
            />
          )}
          {(route.screen === "home" || route.screen === "sign-up") && <Nothing />}
        </main>
      </div>
      {dialog === "create" && <CreateRoomDialog onClose={close} />}
      {dialog === "direct" && <NewDirectDialog onClose={close} />}
      {dialog === "find" && <QuickFindDialog onClose={close} onSearch={openSearch} />}
      {dialog === "shortcuts" && <ShortcutsDialog onClose={close} />}
      {dialog === "sign-out" && <SignOutDialog onClose={close} />}
    </div>
  );
}

/** The search in all rooms. It is kept, so that one comes back from a message to what was found. */
function useSearch() {
  const { search } = useClient();
  const navigator = useNavigator();
  const model = useMemo(() => new MessageSearchModel(search, undefined), [search]);
  const open = useCallback((text: string) => {
    if (text.trim() !== "") void model.begin(text);
    navigator.go({ screen: "search" });
  }, [model, navigator]);
  return { model, open };
}

function Nothing() {
  const { t } = useWords();
  return (
    <div className="nothing">
      <h1 className="only-heard">Chappe</h1>
      <EmptyState icon="chat" title={t("app.nothingTitle")}>{t("app.nothing")}</EmptyState>
    </div>
  );
}

function SkipToComposer({ roomID }: { readonly roomID: RoomID }) {
  const { t } = useWords();
  const summary = useStore(useRoom(roomID).summary);
  if (summary?.membership !== "join") return null;
  return <a href="#composer" onClick={skip}>{t("app.skipToComposer")}</a>;
}

/** Gives the focus to what a skip link names; the address stays as it is. */
function skip(event: React.MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const id = event.currentTarget.getAttribute("href")?.slice(1) ?? "";
  const target = document.getElementById(id);
  (target?.querySelector<HTMLElement>("[data-rove][tabindex='0'], textarea") ?? target)?.focus();
}
