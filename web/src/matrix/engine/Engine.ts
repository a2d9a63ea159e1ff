import { Cell } from "../../platform/Cell.ts";
import type { Clock } from "../../platform/Clock.ts";
import type { Database } from "../../platform/Database.ts";
import { Homeserver, isUnknownToken, type Network, type Tokens } from "../api/Homeserver.ts";
import { type JsonObject } from "../api/json.ts";
import { type Connection, Failure, type SessionState, type UserID } from "../contract.ts";
import type { Uploads } from "../media/Uploads.ts";
import { Superseded } from "../storage/AccountDatabase.ts";
import type { AccountDatabaseHandle, SessionStores } from "../storage/layout.ts";
import type { FarewellRecord, SessionRecord } from "../storage/records.ts";
import { accountCalls } from "./accountCalls.ts";
import { AccountEngine } from "./AccountEngine.ts";
import type { CallHandlers, CallName } from "./calls.ts";
import { type Feed, type FeedName, valueFeed } from "./feeds.ts";
import {
  checkUsername,
  logIn,
  logOut,
  passwordCredentials,
  signInMethods,
  signUp,
  signUpOffer,
} from "./sessions.ts";
import { SessionTokens } from "./SessionTokens.ts";

/** What the engine stands on. */
export type Ground = {
  /** Where the page came from: the server, unless the person has chosen another. */
  readonly origin: string;
  readonly network: Network;
  readonly clock: Clock;
  readonly sessions: Database<SessionStores>;
  readonly openAccount: (userID: UserID) => Promise<AccountDatabaseHandle>;
  readonly deleteAccount: (userID: UserID) => Promise<void>;
  readonly uploads: (server: Homeserver, tokens: Tokens) => Uploads;
  /** Another engine has taken over, or something is wrong with us: this one is of no use any more. */
  readonly onDead: (reason: unknown) => void;
};

/** Signing out on the server is waited for this long; then it is done later. */
const farewellMS = 5_000;

/**
 * Everything between the server and the screens of one browser profile: who is signed in, and what
 * runs for them. Knows nothing of tabs, workers or channels.
 */
export class Engine {
  readonly session = new Cell<SessionState>({ phase: "opening" });
  readonly connection = new Cell<Connection>({ status: "connecting" });
  readonly server: Cell<string>;

  /** Called after another account, or none, has taken the place of the one before. */
  onAccountChange: () => void = () => {};

  #account: AccountEngine | undefined;
  #calls: Partial<CallHandlers> = {};
  #record: SessionRecord | undefined;
  readonly #sessionCalls: Partial<CallHandlers>;

  constructor(private readonly ground: Ground) {
    this.server = new Cell(ground.origin);
    this.#sessionCalls = {
      setServer: (baseURL) => this.#setServer(baseURL),
      signInMethods: () => signInMethods(this.#anonymous()),
      signIn: (user, password, device) => this.#signIn(passwordCredentials(user, password), device),
      signInWithToken: (token, device) => this.#signIn({ type: "m.login.token", token }, device),
      signUpOffer: () => signUpOffer(this.#anonymous()),
      checkUsername: (username) => checkUsername(this.#anonymous(), username),
      signUp: async (account, deviceName, answer) => {
        const { clock } = this.ground;
        const made = await signUp(this.#anonymous(), clock, account, deviceName, answer);
        if (made.session !== undefined) {
          await this.#begin(made.session);
          const { displayName } = account;
          // The account exists: that its name could not be set is no reason to say otherwise.
          if (displayName !== undefined) {
            await this.call("setDisplayName", [displayName]).catch(() => {});
          }
        }
        return made.outcome;
      },
      signOut: () => this.#signOut(),
      retryNow: () => this.#account?.retryNow(),
    };
  }

  /** Goes on with the session that is stored, if there is one. */
  async start(): Promise<void> {
    const stored = await this.ground.sessions.read(
      ["session"],
      (tx) => tx.getAll("session"),
    );
    for (const record of stored) {
      if (record.name === "server") this.server.set(record.baseURL);
      else if (record.name === "session") this.#record = record;
      else void this.#sayFarewell(record);
    }
    if (this.#record === undefined) return this.session.set({ phase: "signed-out" });
    this.server.set(this.#record.baseURL);
    await this.#openAccount(this.#record);
  }

  stop(): void {
    this.#account?.stop();
    this.ground.sessions.close();
  }

  networkChanged(): void {
    this.#account?.networkChanged();
  }

  /** - Throws: `Failure` only. */
  async call(name: CallName, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#sessionCalls[name] ?? this.#calls[name];
    if (handler === undefined) throw new Failure("ENDED", "Nobody is signed in.");
    try {
      // Both sides are built from one source, where the arguments are checked.
      return await (handler as (...args: readonly unknown[]) => unknown)(...args);
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof Superseded || isClosed(error)) {
        throw new Failure("INTERRUPTED", "Another engine has taken over.");
      }
      console.error(error);
      throw new Failure("INTERNAL", String(error));
    }
  }

  /** Undefined: there is no such thing, or not now. */
  feed(name: FeedName): Feed | undefined {
    switch (name) {
      case "session":
        return valueFeed(this.session);
      case "connection":
        return valueFeed(this.connection);
      case "server":
        return valueFeed(this.server);
      default:
        return this.#account?.feed(name);
    }
  }

  /** Closes the windows whose names begin so: their tab has gone. */
  closeTimelines(prefix: string): void {
    this.#account?.timelines.closeAll(prefix);
  }

  // Beginning.

  async #setServer(baseURL: string): Promise<void> {
    let url: URL;
    try {
      url = new URL(baseURL);
    } catch {
      throw new Failure("M_INVALID_PARAM", "This is no address.");
    }
    if (url.protocol !== "https:" && url.protocol !== "http:") {
      throw new Failure("M_INVALID_PARAM", "This is no address of a server.");
    }
    const base = (url.origin + url.pathname).replace(/\/+$/, "");
    await this.ground.sessions.write(
      ["session"],
      (tx) => Promise.resolve(tx.put("session", { name: "server", baseURL: base })),
    );
    this.server.set(base);
  }

  async #signIn(credentials: JsonObject, deviceName: string): Promise<void> {
    const locked = this.#record?.isLocked === true ? this.#record : undefined;
    const session = await logIn(
      this.#anonymous(),
      this.ground.clock,
      credentials,
      deviceName,
      locked?.deviceID,
    );
    await this.#begin(session);
  }

  async #begin(session: SessionRecord): Promise<void> {
    const before = this.#record;
    this.#account?.stop();
    if (before !== undefined && before.userID !== session.userID) {
      await this.ground.deleteAccount(before.userID);
    }
    await this.#save(session);
    await this.#openAccount(session);
  }

  async #openAccount(session: SessionRecord): Promise<void> {
    const { userID, deviceID } = session;
    const tokens = new SessionTokens(
      session,
      new Homeserver(session.baseURL, this.ground.network, this.ground.clock),
      this.ground.clock,
      (record) => this.#save(record),
      (reason) => void this.#ended(reason),
    );
    const { network, clock } = this.ground;
    const server = new Homeserver(session.baseURL, network, clock, tokens);
    this.connection.set({ status: "connecting" });
    const account = await AccountEngine.open({
      self: userID,
      deviceID,
      database: await this.ground.openAccount(userID),
      server,
      uploads: this.ground.uploads(server, tokens),
      clock,
      connection: this.connection,
      onReady: () => this.session.set({ phase: "ready", userID, deviceID }),
    });
    this.#account = account;
    this.#calls = accountCalls(account);
    if (session.isLocked) this.session.set({ phase: "locked", userID, deviceID });
    else if (account.isReady) this.session.set({ phase: "ready", userID, deviceID });
    else this.session.set({ phase: "starting", userID, deviceID });
    this.onAccountChange();
    if (!session.isLocked) void this.#run(account);
  }

  async #run(account: AccountEngine): Promise<void> {
    try {
      await account.run();
    } catch (error) {
      // The session has ended: `#ended` sees to it. Otherwise it is a fault of ours, or we are late.
      if (this.#account !== account || isUnknownToken(error)) return;
      this.ground.onDead(error);
    }
  }

  async #save(session: SessionRecord): Promise<void> {
    await this.ground.sessions.write(
      ["session"],
      (tx) => Promise.resolve(tx.put("session", session)),
    );
    this.#record = session;
  }

  // Ending.

  /** The server does not know the token any more. */
  async #ended(reason: Failure): Promise<void> {
    const session = this.#record;
    if (session === undefined) return;
    if (reason.details.softLogout === true) {
      this.#account?.stop();
      await this.#save({ ...session, isLocked: true });
      await this.#openAccount({ ...session, isLocked: true });
    } else {
      await this.#forget(session);
      const ended = reason.code === "M_USER_DEACTIVATED" ? "deactivated" : "revoked";
      this.session.set({ phase: "signed-out", ended });
    }
  }

  async #signOut(): Promise<void> {
    const session = this.#record;
    if (session === undefined) return;
    const farewell: FarewellRecord = {
      name: `farewell ${session.deviceID}`,
      baseURL: session.baseURL,
      accessToken: session.accessToken,
    };
    await this.ground.sessions.write(
      ["session"],
      (tx) => Promise.resolve(tx.put("session", farewell)),
    );
    await this.#forget(session);
    this.session.set({ phase: "signed-out", ended: "left" });
    const patience = this.ground.clock.sleep(farewellMS);
    await Promise.race([this.#sayFarewell(farewell), patience]);
  }

  /** Removes all that there is of a session on this device. */
  async #forget(session: SessionRecord): Promise<void> {
    this.#account?.stop();
    this.#account = undefined;
    this.#calls = {};
    this.#record = undefined;
    await this.ground.sessions.write(
      ["session"],
      (tx) => Promise.resolve(tx.delete("session", "session")),
    );
    await this.ground.deleteAccount(session.userID);
    this.connection.set({ status: "connecting" });
    this.onAccountChange();
  }

  /** Ends a token on the server. When there is no answer, the next start tries again. */
  async #sayFarewell(record: FarewellRecord): Promise<void> {
    const { network, clock } = this.ground;
    const token: Tokens = {
      current: () => Promise.resolve(record.accessToken),
      afterRefusal: (_, reason) => Promise.reject(reason),
    };
    try {
      await logOut(new Homeserver(record.baseURL, network, clock, token));
    } catch (error) {
      if (!isUnknownToken(error)) return;
    }
    await this.ground.sessions.write(
      ["session"],
      (tx) => Promise.resolve(tx.delete("session", record.name)),
    ).catch(() => {});
  }

  #anonymous(): Homeserver {
    return new Homeserver(this.server.get(), this.ground.network, this.ground.clock);
  }
}

/** The database was closed under a call: by the end of the session, or by another engine. */
function isClosed(error: unknown): boolean {
  return error instanceof DOMException &&
    (error.name === "InvalidStateError" || error.name === "AbortError");
}
