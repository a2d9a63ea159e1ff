import { later } from "../ui/later.tsx";

const fetch = () => import("./screens.ts");

/** Has them at hand before anybody asks for one. */
export function fetchScreens(): void {
  fetch().catch(() => {
    // Asked for again when one is drawn.
  });
}

export const ComparisonDialog = later(async () => (await fetch()).ComparisonDialog);
export const CreateRoomDialog = later(async () => (await fetch()).CreateRoomDialog);
export const MediaViewer = later(async () => (await fetch()).MediaViewer);
export const MembersPanel = later(async () => (await fetch()).MembersPanel);
export const NewDirectDialog = later(async () => (await fetch()).NewDirectDialog);
export const PeopleScreen = later(async () => (await fetch()).PeopleScreen);
export const PersonPanel = later(async () => (await fetch()).PersonPanel);
export const QuickFindDialog = later(async () => (await fetch()).QuickFindDialog);
export const RoomDirectoryScreen = later(async () => (await fetch()).RoomDirectoryScreen);
export const RoomDoor = later(async () => (await fetch()).RoomDoor);
export const RoomSettingsPanel = later(async () => (await fetch()).RoomSettingsPanel);
export const SettingsScreen = later(async () => (await fetch()).SettingsScreen);
export const ShortcutsDialog = later(async () => (await fetch()).ShortcutsDialog);
export const SignOutDialog = later(async () => (await fetch()).SignOutDialog);
export const SetUpScreen = later(async () => (await fetch()).SetUpScreen);
export const UnlockScreen = later(async () => (await fetch()).UnlockScreen);
