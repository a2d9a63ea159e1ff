import type { Client } from "./matrix/contract.ts";
import { hostLockName, tabLockName } from "./matrix/engine/messages.ts";
import { EngineLink } from "./matrix/tab/EngineLink.ts";
import { RemoteClient } from "./matrix/tab/RemoteClient.ts";
import { openBroadcastChannel } from "./platform/Channel.ts";
import { systemClock } from "./platform/Clock.ts";
import { deviceName } from "./platform/deviceName.ts";
import { EngineHost } from "./platform/EngineHost.ts";
import { webLocks } from "./platform/Locks.ts";

/** Set by build.mjs: where the engine's script is. */
declare const ENGINE_URL: string;

/** A page of an older build loads itself anew after so long: time to fetch the newer one. */
const reloadMS = 3_000;

/** Joins this tab to the engine of this browser profile, and runs it when it is this tab's turn. */
export function startClient(): Client {
  const tab = crypto.randomUUID();
  let reload: ReturnType<typeof setTimeout> | undefined;
  const host = new EngineHost(webLocks, hostLockName, ENGINE_URL);
  const link = new EngineLink(tab, openBroadcastChannel, systemClock, {
    // A tab in the background may be held still itself: only one that is looked at takes over.
    onSilence: () => document.visibilityState === "visible" && void host.takeOver(),
    onOutdated: () => reload ??= setTimeout(() => location.reload(), reloadMS),
  });
  void webLocks.acquire(tabLockName(tab)).then(() => link.start());
  void host.serve();
  // A page that is brought back from the browser's memory has lost its locks and its worker.
  addEventListener("pagehide", () => {
    link.close();
    host.close();
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  let count = 0;
  return new RemoteClient(link, deviceName(navigator.userAgent), () => `${tab}.${++count}`);
}
