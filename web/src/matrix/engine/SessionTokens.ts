import type { Clock } from "../../platform/Clock.ts";
import { type Homeserver, isUnknownToken, type Tokens } from "../api/Homeserver.ts";
import { integerIn, optional, stringIn } from "../api/json.ts";
import { Failure } from "../contract.ts";
import type { SessionRecord } from "../storage/records.ts";

/** A token that has less than this to live is renewed first. */
const marginMS = 60_000;

/**
 * The session's tokens, renewed when they run out.
 *
 * - Spec: Refreshing access tokens; Soft logout
 */
export class SessionTokens implements Tokens {
  #renewal: Promise<string> | undefined;

  constructor(
    private session: SessionRecord,
    /** Without tokens of its own. */
    private readonly server: Homeserver,
    private readonly clock: Clock,
    /** Stores the tokens; they are used once that is done. */
    private readonly save: (session: SessionRecord) => Promise<void>,
    /** The server has ended the session. Called once. */
    private onEnd: ((reason: Failure) => void) | undefined,
  ) {}

  async current(): Promise<string> {
    const { accessToken, expiresTS, refreshToken } = this.session;
    const now = this.clock.now();
    if (refreshToken === undefined || expiresTS === undefined || expiresTS - now > marginMS) {
      return accessToken;
    }
    try {
      return await this.#renew(refreshToken);
    } catch (error) {
      // Not renewed, but not dead yet either.
      if (expiresTS > now && !isUnknownToken(error)) return accessToken;
      throw error;
    }
  }

  async afterRefusal(refused: string, reason: Failure): Promise<string> {
    const { accessToken, refreshToken } = this.session;
    if (accessToken !== refused) return accessToken;
    if (refreshToken !== undefined) return await this.#renew(refreshToken);
    this.#end(reason);
    throw reason;
  }

  #renew(refreshToken: string): Promise<string> {
    this.#renewal ??= this.#ask(refreshToken).finally(() => this.#renewal = undefined);
    return this.#renewal;
  }

  async #ask(refreshToken: string): Promise<string> {
    let answer;
    try {
      answer = await this.server.ask({
        method: "POST",
        path: "/v3/refresh",
        body: { refresh_token: refreshToken },
        isAuthorized: false,
      });
    } catch (error) {
      if (isUnknownToken(error)) this.#end(error);
      throw error;
    }
    const accessToken = stringIn(answer, "access_token");
    if (accessToken === undefined) throw new Failure("BAD_ANSWER", "There is no new token.");
    const { expiresTS: _, ...rest } = this.session;
    const next: SessionRecord = {
      ...rest,
      accessToken,
      refreshToken: stringIn(answer, "refresh_token") ?? refreshToken,
      ...optional("expiresTS", expiryOf(answer, this.clock.now())),
    };
    await this.save(next);
    this.session = next;
    return accessToken;
  }

  #end(reason: Failure): void {
    this.onEnd?.(reason);
    this.onEnd = undefined;
  }
}

/** When the token of an answer to a login or a refresh runs out. */
export function expiryOf(answer: unknown, now: number): number | undefined {
  const lifetime = integerIn(answer, "expires_in_ms");
  return lifetime === undefined ? undefined : now + Math.max(0, lifetime);
}
