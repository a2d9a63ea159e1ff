import { address, parseAddress, type Route } from "./routes.ts";

function same(actual: unknown, wanted: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
  }
}

Deno.test("Every route comes back from its address", () => {
  const roomID = "!a/b#c?:culture.example";
  const routes: Route[] = [
    { screen: "home" },
    { screen: "directory" },
    { screen: "people" },
    { screen: "search" },
    { screen: "settings" },
    { screen: "sign-up" },
    { screen: "room", roomID },
    { screen: "room", roomID, eventID: "$x/y+z" },
    { screen: "room", roomID, panel: { kind: "members" } },
    { screen: "room", roomID, panel: { kind: "person", userID: "@a/b:culture.example" } },
    { screen: "room", roomID, eventID: "$x", panel: { kind: "search" } },
    { screen: "room", roomID, eventID: "$x", panel: { kind: "settings" } },
  ];
  for (const route of routes) same(parseAddress(address(route)), route);
});

Deno.test("An address that means nothing leads home", () => {
  for (
    const bad of ["", "#", "#/salon", "#/salon/%E0%A4%A", "#/salon/pas-un-salon", "#/%", "#/x/y"]
  ) {
    same(parseAddress(bad), { screen: "home" });
  }
  same(parseAddress("#/salon/!a/message/pas-un-message"), { screen: "room", roomID: "!a" });
});
