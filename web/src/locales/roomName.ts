import type { RoomName } from "../matrix/contract.ts";
import type { Formats } from "./formats.ts";
import type { Translate } from "./translate.ts";

/** A room's name in words: its own, or those of the people in it. */
export function roomName(name: RoomName, t: Translate, format: Formats): string {
  switch (name.kind) {
    case "own":
      return name.text;
    case "heroes":
      return name.others === 0
        ? format.list(name.names)
        : t("room.namesAndOthers", { names: name.names.join(", "), count: name.others });
    case "empty":
      return name.formerly.length === 0
        ? t("room.empty")
        : t("room.emptyFormerly", { names: format.list(name.formerly) });
  }
}
