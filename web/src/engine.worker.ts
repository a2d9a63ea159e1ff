/** The composition root of the worker: the engine, on what the browser has. */
import { Engine } from "./matrix/engine/Engine.ts";
import { EngineServer } from "./matrix/engine/EngineServer.ts";
import { XHRUploads } from "./matrix/media/Uploads.ts";
import {
  accountLayout,
  accountVersion,
  sessionLayout,
  sessionVersion,
} from "./matrix/storage/layout.ts";
import { openBroadcastChannel } from "./platform/Channel.ts";
import { systemClock } from "./platform/Clock.ts";
import type { WorkerReport } from "./platform/EngineHost.ts";
import { deleteDatabase, openDatabase } from "./platform/IndexedDatabase.ts";
import { webLocks } from "./platform/Locks.ts";

function die(reason: unknown): void {
  const report: WorkerReport = { type: "dead", reason: String(reason) };
  postMessage(report);
  close();
}

function accountName(userID: string): string {
  return `chappe account ${userID}`;
}

async function run(): Promise<void> {
  const engine = new Engine({
    origin: location.origin,
    network: (request) => fetch(request),
    clock: systemClock,
    sessions: await openDatabase("chappe", sessionVersion, sessionLayout),
    openAccount: (userID) => openDatabase(accountName(userID), accountVersion, accountLayout),
    deleteAccount: (userID) => deleteDatabase(accountName(userID)),
    uploads: (server, tokens) => new XHRUploads(server, tokens),
    onDead: die,
  });
  const server = new EngineServer(engine, crypto.randomUUID(), openBroadcastChannel, webLocks);
  addEventListener("online", () => engine.networkChanged());
  addEventListener("offline", () => engine.networkChanged());
  await engine.start();
  server.ready();
}

addEventListener("unhandledrejection", (event) => die(event.reason));
run().catch(die);
