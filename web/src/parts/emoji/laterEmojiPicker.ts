import { later } from "../../ui/later.tsx";

/** The picker, which nobody needs before they look for an emoji. */
export const EmojiPicker = later(async () => (await import("./EmojiPicker.tsx")).EmojiPicker);
