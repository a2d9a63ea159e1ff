/** The composition root of a tab. */
import { mountApp } from "./app/mount.tsx";
import { startClient } from "./startClient.ts";

/** Set by build.mjs. */
declare const DEV: boolean;

const element = document.getElementById("app");
if (element === null) throw new Error("The page has no #app");
mountApp(startClient(), element);

if (!DEV && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js"));
}
