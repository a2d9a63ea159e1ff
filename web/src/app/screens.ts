/** What one need not have before one can chat: one script, fetched once the rest is there. */
export { ComparisonDialog } from "../features/comparison/ComparisonDialog.tsx";
export { CreateRoomDialog } from "../features/create-room/CreateRoomDialog.tsx";
export { MediaViewer } from "../features/media-viewer/MediaViewer.tsx";
export { MembersPanel } from "../features/members/MembersPanel.tsx";
export { PersonPanel } from "../features/members/PersonPanel.tsx";
export { NewDirectDialog } from "../features/people/NewDirectDialog.tsx";
export { PeopleScreen } from "../features/people/PeopleScreen.tsx";
export { SetUpScreen } from "../features/recovery/SetUpScreen.tsx";
export { UnlockScreen } from "../features/recovery/UnlockScreen.tsx";
export { RoomDirectoryScreen } from "../features/room-directory/RoomDirectoryScreen.tsx";
export { RoomSettingsPanel } from "../features/room-settings/RoomSettingsPanel.tsx";
export { QuickFindDialog } from "../features/search/QuickFindDialog.tsx";
export { SettingsScreen } from "../features/settings/SettingsScreen.tsx";
export { ShortcutsDialog } from "./ShortcutsDialog.tsx";
export { SignOutDialog } from "./SignOutDialog.tsx";
export { RoomDoor } from "./RoomDoor.tsx";
