import type { Clock } from "../../platform/Clock.ts";
import { Failure } from "../contract.ts";
import { asObject, integerIn, type JsonObject, optional, stringIn } from "./json.ts";

/** `fetch`, or a server of function calls in tests. */
export type Network = (request: Request) => Promise<Response>;

/** Where access tokens come from. */
export interface Tokens {
  /** The token to use now; renewed first when it is about to expire. */
  current(): Promise<string>;
  /**
   * The token to use after the server has refused `refused` with `reason`.
   * Throws `reason` when there is no other.
   */
  afterRefusal(refused: string, reason: Failure): Promise<string>;
}

export type Ask = {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Under `/_matrix/client`; made by `path`, so that each part is escaped. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  /** Sent as JSON, but for a `Blob`, which is sent as it is. */
  readonly body?: unknown;
  /** False: without a token, for what is asked before one is signed in. */
  readonly isAuthorized?: boolean;
  readonly timeoutMS?: number;
  readonly signal?: AbortSignal;
};

const defaultTimeoutMS = 60_000;
/** A pause of at most this is waited out by itself when the server asks for it. */
const longestPauseMS = 5_000;
/** No answer of the protocol comes near; media are streamed elsewhere. */
const maxAnswerBytes = 256 * 1024 * 1024;

/** Joins a path out of parts that may hold anything: path`/v3/rooms/${id}/leave`. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((joined, part, index) =>
    joined + encodeURIComponent(values[index - 1] ?? "") + part
  );
}

/**
 * A homeserver's client API, over HTTP.
 *
 * The access token goes into a header, never into an address, and to this base URL alone:
 * redirections are refused.
 */
export class Homeserver {
  constructor(
    /** Without a slash at the end. */
    readonly baseURL: string,
    private readonly network: Network,
    private readonly clock: Clock,
    private readonly tokens?: Tokens,
  ) {}

  get(path: string, query: Ask["query"] = {}): Promise<JsonObject> {
    return this.ask({ method: "GET", path, query });
  }

  put(path: string, body: unknown): Promise<JsonObject> {
    return this.ask({ method: "PUT", path, body });
  }

  post(path: string, body: unknown = {}): Promise<JsonObject> {
    return this.ask({ method: "POST", path, body });
  }

  delete(path: string): Promise<JsonObject> {
    return this.ask({ method: "DELETE", path });
  }

  /** - Throws: `Failure` only. */
  async ask(ask: Ask): Promise<JsonObject> {
    const response = await this.fetch(ask);
    let text: string;
    try {
      text = await response.text();
    } catch {
      throw ask.signal?.aborted
        ? new Failure("CANCELLED", "Taken back.")
        : new Failure("OFFLINE", "The answer broke off.");
    }
    const answer = asObject(parse(text));
    if (answer === undefined) throw new Failure("BAD_ANSWER", "The answer is not a JSON object.");
    return answer;
  }

  /** The answer itself, already known to be a success; for media. */
  async fetch(ask: Ask): Promise<Response> {
    if (ask.isAuthorized === false || this.tokens === undefined) {
      return await this.#patiently(ask, undefined);
    }
    const token = await this.tokens.current();
    try {
      return await this.#patiently(ask, token);
    } catch (error) {
      if (!isUnknownToken(error)) throw error;
      return await this.#patiently(ask, await this.tokens.afterRefusal(token, error));
    }
  }

  /** Waits out one short pause that the server asks for. */
  async #patiently(ask: Ask, token: string | undefined): Promise<Response> {
    try {
      return await this.#once(ask, token);
    } catch (error) {
      const pause = error instanceof Failure ? error.details.retryAfterMS : undefined;
      if (pause === undefined || pause > longestPauseMS) throw error;
      await this.clock.sleep(pause, ask.signal).catch(() => {
        throw new Failure("CANCELLED", "Taken back.");
      });
      return await this.#once(ask, token);
    }
  }

  async #once(ask: Ask, token: string | undefined): Promise<Response> {
    const timeout = AbortSignal.timeout(ask.timeoutMS ?? defaultTimeoutMS);
    const signal = ask.signal === undefined ? timeout : anyOf([ask.signal, timeout]);
    const url = new URL(this.baseURL + "/_matrix/client" + ask.path);
    for (const [name, value] of Object.entries(ask.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers = new Headers();
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    if (ask.body !== undefined && !(ask.body instanceof Blob)) {
      headers.set("Content-Type", "application/json");
    }
    const body = ask.body === undefined
      ? undefined
      : ask.body instanceof Blob
      ? ask.body
      : JSON.stringify(ask.body);
    let response: Response;
    try {
      response = await this.network(
        new Request(url, {
          method: ask.method,
          headers,
          ...optional("body", body),
          signal,
          redirect: "error",
          credentials: "omit",
          referrerPolicy: "no-referrer",
        }),
      );
    } catch {
      throw ask.signal?.aborted
        ? new Failure("CANCELLED", "Taken back.")
        : new Failure("OFFLINE", "The server does not answer.");
    }
    if (!response.ok) throw await failureOf(response);
    if (Number(response.headers.get("Content-Length") ?? 0) > maxAnswerBytes) {
      throw new Failure("BAD_ANSWER", "The answer is too large.");
    }
    return response;
  }
}

/** The server asks who is asking, before it does it; see `interactively`. */
export class Challenged extends Failure {
  constructor(readonly raw: JsonObject) {
    super("CHALLENGED", "The server asks for more.", { status: 401 });
  }
}

/** - Spec: Standard error response; Rate limiting */
export async function failureOf(response: Response): Promise<Failure> {
  const answer = parse(await response.text().catch(() => ""));
  const code = stringIn(answer, "errcode");
  const status = response.status;
  const object = asObject(answer);
  if (status === 401 && object !== undefined && Array.isArray(object["flows"])) {
    return new Challenged(object);
  }
  if (code === undefined) {
    // A proxy that answers in place of the server.
    return status === 502 || status === 503 || status === 504
      ? new Failure("OFFLINE", `The server does not answer (${status}).`, { status })
      : new Failure("BAD_ANSWER", `The server answers ${status}.`, { status });
  }
  const isLimited = status === 429 || code === "M_LIMIT_EXCEEDED";
  const message = (stringIn(answer, "error") ?? "").slice(0, 1_000);
  return new Failure(code, message, {
    status,
    ...optional("retryAfterMS", isLimited ? pauseOf(response, answer) : undefined),
    ...optional("softLogout", asObject(answer)?.["soft_logout"] === true ? true : undefined),
  });
}

/** The `Retry-After` header is the new way, `retry_after_ms` the old one. At most an hour. */
function pauseOf(response: Response, answer: unknown): number {
  const header = Number(response.headers.get("Retry-After") ?? NaN) * 1_000;
  const asked = Number.isFinite(header) ? header : integerIn(answer, "retry_after_ms") ?? 1_000;
  return Math.min(Math.max(asked, 100), 3_600_000);
}

/** The session is over, or waits for the password: whatever is asked with it is refused. */
export function isUnknownToken(error: unknown): error is Failure {
  if (!(error instanceof Failure)) return false;
  return (error.code === "M_UNKNOWN_TOKEN" && error.details.status === 401) ||
    error.code === "M_USER_DEACTIVATED" || error.code === "M_USER_LOCKED";
}

/** Whether trying the same again later may help. */
export function isPassing(error: Failure): boolean {
  const { status = 0 } = error.details;
  return error.code === "OFFLINE" || error.code === "M_LIMIT_EXCEEDED" || status >= 500;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `AbortSignal.any`, which Safari 17.4 has and earlier Firefox ESR lacks. */
function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  if ("any" in AbortSignal) return AbortSignal.any([...signals]);
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
