import type { Sentence } from "../locales/translate.ts";
import type { BackupState, SecurityState } from "../matrix/contract.ts";

export type Leaving = { readonly isRefused: boolean; readonly note?: Sentence };

/**
 * Whether somebody may sign out now, and what they are told. What opens their messages must be
 * stored under a code that they keep; a device that is not confirmed can store nothing, so it is
 * only warned of.
 */
export function leaving(
  state: SecurityState | undefined,
  backup: BackupState | undefined,
): Leaving {
  switch (state?.phase) {
    case "new":
    case "unsaved":
      return { isRefused: true, note: { key: "signOut.keepCode" } };
    case "ready": {
      const count = backup?.waiting ?? 0;
      if (count === 0) return { isRefused: false };
      return { isRefused: true, note: { key: "signOut.wait", values: { count } } };
    }
    case "locked":
      return { isRefused: false, note: { key: "signOut.locked" } };
    case "unknown":
    case undefined:
      return { isRefused: false };
  }
}
