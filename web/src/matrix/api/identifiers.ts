import type { EventID, MediaURI, RoomID, UserID } from "../contract.ts";

/** - Spec: Appendices, Identifier grammar: 255 bytes at most; bytes are not more than UTF-16 units say. */
const maxLength = 255;

export function asUserID(value: unknown): UserID | undefined {
  return isIdentifier(value, "@") && value.indexOf(":") > 1 ? value : undefined;
}

export function asRoomID(value: unknown): RoomID | undefined {
  return isIdentifier(value, "!") ? value : undefined;
}

export function asEventID(value: unknown): EventID | undefined {
  return isIdentifier(value, "$") ? value : undefined;
}

export function asRoomAlias(value: unknown): string | undefined {
  return isIdentifier(value, "#") && value.includes(":") ? value : undefined;
}

/** A strict grammar, for it ends in a path: no dots alone, no slashes, no escapes. */
export function asMediaURI(value: unknown): MediaURI | undefined {
  return parseMediaURI(value) === undefined ? undefined : value as string;
}

/** - Spec: Matrix Content (mxc://) URIs */
export function parseMediaURI(value: unknown): { server: string; mediaID: string } | undefined {
  if (typeof value !== "string" || value.length > maxLength * 2) return undefined;
  const match = /^mxc:\/\/([A-Za-z0-9.:[\]-]+)\/([A-Za-z0-9_-]+)$/.exec(value);
  const [, server, mediaID] = match ?? [];
  return server === undefined || mediaID === undefined || /^\.+$/.test(server)
    ? undefined
    : { server, mediaID };
}

export function localpartOf(userID: UserID): string {
  return userID.slice(1, userID.indexOf(":"));
}

function isIdentifier(value: unknown, sigil: string): value is string {
  // deno-lint-ignore no-control-regex -- control characters are what must not be there.
  const controls = /[\u0000-\u001f\u007f]/;
  return typeof value === "string" && value.length > 1 && value.length <= maxLength &&
    value.startsWith(sigil) && !controls.test(value);
}
