/** The composition root of a tab. */
import { mountApp } from "./app/mount.tsx";
import { startClient } from "./startClient.ts";

const element = document.getElementById("app");
if (element === null) throw new Error("The page has no #app");
mountApp(startClient(), element);

if (!DEV && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js"));
}
