import type { EventID, RoomID, UserID } from "../matrix/contract.ts";

/**
 * What is on the screen, as an address.
 *
 * Addresses are in the fragment: it never leaves the browser, so no log of a server ever holds the
 * name of a room, and any server can serve the client without rules for its paths.
 */
export type Route =
  | { readonly screen: "home" }
  | {
    readonly screen: "room";
    readonly roomID: RoomID;
    /** A message to show. */
    readonly eventID?: EventID;
    readonly panel?: Panel;
  }
  | { readonly screen: "directory" }
  | { readonly screen: "people" }
  /** Looking for messages in all rooms. */
  | { readonly screen: "search" }
  | { readonly screen: "settings" }
  | { readonly screen: "sign-up" };

/** What stands at the right of a room. */
export type Panel =
  | { readonly kind: "members" }
  | { readonly kind: "person"; readonly userID: UserID }
  | { readonly kind: "settings" }
  | { readonly kind: "search" };

export const home: Route = { screen: "home" };

/** The fragment of a route, with its `#`. */
export function address(route: Route): string {
  switch (route.screen) {
    case "home":
      return "#/";
    case "room":
      return `#/salon/${encodeURIComponent(route.roomID)}${
        route.eventID === undefined ? "" : `/message/${encodeURIComponent(route.eventID)}`
      }${route.panel === undefined ? "" : panelAddress(route.panel)}`;
    case "directory":
      return "#/repertoire";
    case "people":
      return "#/annuaire";
    case "search":
      return "#/recherche";
    case "settings":
      return "#/parametres";
    case "sign-up":
      return "#/inscription";
  }
}

function panelAddress(panel: Panel): string {
  switch (panel.kind) {
    case "members":
      return "/membres";
    case "person":
      return `/membres/${encodeURIComponent(panel.userID)}`;
    case "settings":
      return "/parametres";
    case "search":
      return "/recherche";
  }
}

/** The route of a fragment; the home screen when it means nothing. */
export function parseAddress(fragment: string): Route {
  const [first, ...rest] = fragment.replace(/^#?\/?/, "").split("/").map(decoded);
  switch (first) {
    case "salon":
      return parseRoom(rest);
    case "repertoire":
      return { screen: "directory" };
    case "annuaire":
      return { screen: "people" };
    case "recherche":
      return { screen: "search" };
    case "parametres":
      return { screen: "settings" };
    case "inscription":
      return { screen: "sign-up" };
    default:
      return home;
  }
}

function parseRoom([roomID, ...rest]: string[]): Route {
  if (roomID === undefined || !/^[!#]/.test(roomID)) return home;
  const room = { screen: "room", roomID } as const;
  if (rest[0] === "message" && rest[1]?.startsWith("$")) {
    return withPanel({ ...room, eventID: rest[1] }, rest.slice(2));
  }
  return withPanel(room, rest);
}

function withPanel(
  room: Extract<Route, { screen: "room" }>,
  [name, userID]: string[],
): Route {
  if (name === "parametres") return { ...room, panel: { kind: "settings" } };
  if (name === "recherche") return { ...room, panel: { kind: "search" } };
  if (name !== "membres") return room;
  if (userID?.startsWith("@")) return { ...room, panel: { kind: "person", userID } };
  return { ...room, panel: { kind: "members" } };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** Goes from screen to screen. */
export interface Navigator {
  readonly route: { readonly get: () => Route; readonly subscribe: (f: () => void) => () => void };
  /** Adds to the browser's history. */
  go(route: Route): void;
  /** Takes the place of the present screen. */
  replace(route: Route): void;
  /** To where one came from, or to `otherwise` when that was not in the client. */
  back(otherwise: Route): void;
  /** Back if that leads to `route`, so that the history does not fill; else there, in place. */
  leaveTo(route: Route): void;
}

/** The full address of a message, to be shared. `base` is the page's own, without fragment. */
export function permalink(base: string, roomID: RoomID, eventID?: EventID): string {
  return base +
    address({ screen: "room", roomID, ...(eventID === undefined ? {} : { eventID }) });
}
