/**
 * Draws the views on sample data, without a server. Not part of what is shipped.
 *
 * The query string says what to show: `signed-out`, `messages=10000`, `page=10000` (how many come at
 * a time), `rooms=300`, `offline`, `security=new` (or another of `FakeSecurityOption`).
 */
import type { Connection } from "../matrix/contract.ts";
import type { FakeSecurityOption } from "../matrix/fake/FakeSecurity.ts";
import { fakeClient } from "../matrix/fake/fakeClient.ts";
import { mountApp } from "./mount.tsx";

const query = new URLSearchParams(globalThis.location.search);
const online: Connection = { status: "online" };
const element = document.getElementById("app");
if (element === null) throw new Error("index.html has no #app");

mountApp(
  fakeClient({
    isSignedIn: !query.has("signed-out"),
    messages: Number(query.get("messages") ?? 400),
    page: Number(query.get("page") ?? 60),
    extraRooms: Number(query.get("rooms") ?? 0),
    security: (query.get("security") ?? "ready") as FakeSecurityOption,
    connection: query.has("offline") ? { status: "offline", since: Date.now() } : online,
  }),
  element,
);
