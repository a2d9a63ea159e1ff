import type { Clock } from "../../platform/Clock.ts";

/** An event as the server keeps it. */
export type ServerEvent = {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly room_id: string;
  readonly origin_server_ts: number;
  readonly content: unknown;
  readonly state_key?: string;
  unsigned?: Record<string, unknown>;
};

type Stored = { readonly position: number; readonly txn?: string; event: ServerEvent };
type Room = { readonly id: string; readonly events: Stored[]; ephemeral: Stored[] };

type Handler = (
  match: RegExpExecArray,
  body: Record<string, unknown>,
  query: URLSearchParams,
  signal: AbortSignal,
) => unknown;

/** What to do to a request in place of answering it, or to its answer. */
export type Fault =
  /** As if the network were gone: nothing is done. */
  | "unreachable"
  /** It is done, and the answer is lost. */
  | "answer lost"
  | { readonly status: number; readonly body: unknown };

/**
 * A homeserver of function calls, for one user: enough of one to test the engine against, with
 * faults on order. Other people's events are put in by the test.
 */
export class TestServer {
  readonly self = "@amelie:test";
  readonly rooms = new Map<string, Room>();
  readonly accountData: Stored[] = [];
  readonly requests: string[] = [];
  token = "token-1";
  refreshToken: string | undefined;
  /** At most so many events of a room in one answer of sync. */
  timelineLimit = 30;
  pageSize = 50;
  /** What a search is answered with; nothing is found unless a test says so. */
  search: (body: unknown, query: URLSearchParams, signal: AbortSignal) => unknown = () => ({
    search_categories: { room_events: { count: 0, results: [], highlights: [] } },
  });
  #position = 1;
  #transactions = new Map<string, string>();
  #waiting = new Set<() => void>();
  #faults: { pattern: RegExp; fault: Fault; count: number }[] = [];

  constructor(private readonly clock: Clock) {}

  /** Does this to the next `count` requests that match, as in `PUT /v3/rooms/…`. */
  fault(pattern: RegExp, fault: Fault, count = 1): void {
    this.#faults.push({ pattern, fault, count });
  }

  heal(): void {
    this.#faults = [];
  }

  /** Every request fails until `heal`. */
  goOffline(): void {
    this.fault(/./, "unreachable", Infinity);
    this.wake();
  }

  wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  room(id = "!room:test"): Room {
    const known = this.rooms.get(id);
    if (known !== undefined) return known;
    const room: Room = { id, events: [], ephemeral: [] };
    this.rooms.set(id, room);
    this.add(id, "m.room.create", this.self, { room_version: "11" }, { state_key: "" });
    this.add(id, "m.room.member", this.self, { membership: "join", displayname: "Amélie" }, {
      state_key: this.self,
    });
    return room;
  }

  /** Puts in an event, of whoever. */
  add(
    roomID: string,
    type: string,
    sender: string,
    content: unknown,
    more: Partial<ServerEvent> & { txn?: string } = {},
  ): string {
    const room = this.rooms.get(roomID) ?? this.room(roomID);
    const { txn, ...rest } = more;
    const position = ++this.#position;
    const event: ServerEvent = {
      event_id: `$${type.split(".").at(-1)}-${position}`,
      type,
      sender,
      room_id: roomID,
      origin_server_ts: this.clock.now(),
      content,
      ...rest,
    };
    room.events.push({ position, event, ...(txn === undefined ? {} : { txn }) });
    if (type === "m.room.redaction") this.#redact(room, event);
    this.wake();
    return event.event_id;
  }

  say(roomID: string, body: string, sender = "@basile:test"): string {
    return this.add(roomID, "m.room.message", sender, { msgtype: "m.text", body });
  }

  addEphemeral(roomID: string, type: string, content: unknown): void {
    const room = this.room(roomID);
    const position = ++this.#position;
    const event = { type, content } as ServerEvent;
    room.ephemeral.push({ position, event });
    this.wake();
  }

  /** The IDs of what was said in a room, oldest first. */
  said(roomID = "!room:test"): string[] {
    return this.room(roomID).events.filter(({ event }) => event.type === "m.room.message")
      .map(({ event }) => event.event_id);
  }

  bodies(roomID = "!room:test"): unknown[] {
    return this.room(roomID).events.filter(({ event }) => event.type === "m.room.message")
      .map(({ event }) => (event.content as { body?: unknown }).body);
  }

  readonly network = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const name = `${request.method} ${url.pathname.replace("/_matrix/client", "")}`;
    this.requests.push(name);
    const order = this.#faults.find(({ pattern, count }) => count > 0 && pattern.test(name));
    if (order !== undefined) order.count -= 1;
    if (order?.fault === "unreachable") throw new TypeError("unreachable");
    if (typeof order?.fault === "object") return json(order.fault.status, order.fault.body);
    const authorization = request.headers.get("Authorization");
    if (!/\/(login|register|refresh)/.test(name) && authorization !== `Bearer ${this.token}`) {
      return json(401, { errcode: "M_UNKNOWN_TOKEN", error: "Unknown token" });
    }
    const body = request.method === "GET" ? {} : await request.json().catch(() => ({}));
    for (const [pattern, handler] of this.#routes) {
      const match = pattern.exec(decodeURIComponent(name));
      if (match === null) continue;
      const answer = await handler(match, body, url.searchParams, request.signal);
      if (request.signal.aborted) throw new DOMException("Aborted", "AbortError");
      if (order?.fault === "answer lost") throw new TypeError("answer lost");
      return answer instanceof Response ? answer : json(200, answer);
    }
    return json(404, { errcode: "M_UNRECOGNIZED", error: name });
  };

  readonly #routes: readonly (readonly [RegExp, Handler])[] = [
    [/^POST \/v3\/login$/, () => ({
      user_id: this.self,
      device_id: "DEVICE",
      access_token: this.token,
      ...(this.refreshToken === undefined
        ? {}
        : { refresh_token: this.refreshToken, expires_in_ms: 300_000 }),
    })],
    [/^POST \/v3\/refresh$/, (_, body) => {
      if (body["refresh_token"] !== this.refreshToken) {
        return json(401, { errcode: "M_UNKNOWN_TOKEN", error: "Unknown refresh token" });
      }
      this.token = `token-${++this.#position}`;
      this.refreshToken = `refresh-${this.#position}`;
      const { token: access_token, refreshToken: refresh_token } = this;
      return { access_token, refresh_token, expires_in_ms: 300_000 };
    }],
    [/^POST \/v3\/logout$/, () => ({})],
    [/^GET \/v3\/sync$/, (_, __, query, signal) => this.#sync(query, signal)],
    [/^PUT \/v3\/rooms\/([^/]+)\/send\/([^/]+)\/([^/]+)$/, ([, room, type, txn], content) => ({
      event_id: this.#once(
        `${room} ${txn}`,
        () => this.add(room ?? "", type ?? "", this.self, content, { txn: txn ?? "" }),
      ),
    })],
    [/^PUT \/v3\/rooms\/([^/]+)\/redact\/([^/]+)\/([^/]+)$/, ([, room, target, txn], body) => ({
      event_id: this.#once(
        `${room} ${txn}`,
        () =>
          this.add(room ?? "", "m.room.redaction", this.self, { ...body, redacts: target }, {
            txn: txn ?? "",
          }),
      ),
    })],
    [
      /^GET \/v3\/rooms\/([^/]+)\/messages$/,
      ([, room], _, query) => this.#messages(room ?? "", query),
    ],
    [
      /^GET \/v3\/rooms\/([^/]+)\/context\/([^/]+)$/,
      ([, room, id]) => this.#context(room ?? "", id ?? ""),
    ],
    [
      /^GET \/v3\/rooms\/([^/]+)\/event\/([^/]+)$/,
      ([, room, id]) =>
        this.room(room).events.find(({ event }) => event.event_id === id)?.event ??
          json(404, { errcode: "M_NOT_FOUND", error: "No such event" }),
    ],
    [/^GET \/v3\/rooms\/([^/]+)\/members$/, ([, room]) => ({
      chunk: this.#stateAt(room ?? "", Infinity).filter(({ type }) => type === "m.room.member"),
    })],
    [/^POST \/v3\/rooms\/([^/]+)\/read_markers$/, ([, room], body) => {
      const eventID = String(body["m.read"]);
      this.addEphemeral(room ?? "", "m.receipt", {
        [eventID]: { "m.read": { [this.self]: { ts: this.clock.now() } } },
      });
      return {};
    }],
    [/^PUT \/v3\/user\/[^/]+\/account_data\/([^/]+)$/, ([, type], content) => {
      const event = { type, content } as unknown as ServerEvent;
      this.accountData.push({ position: ++this.#position, event });
      this.wake();
      return {};
    }],
    [/^PUT \/v3\/rooms\/[^/]+\/typing\//, () => ({})],
    [/^POST \/v3\/search$/, (_, body, query, signal) => this.search(body, query, signal)],
    [/^GET \/v3\/profile\//, () => ({ displayname: "Amélie" })],
    [/^GET \/v1\/media\/config$/, () => ({ "m.upload.size": 1_000_000 })],
    [/^GET \/v3\/capabilities$/, () => ({ capabilities: {} })],
  ];

  async #sync(query: URLSearchParams, signal: AbortSignal): Promise<unknown> {
    const since = Number(query.get("since")?.slice(1) ?? 0);
    const timeout = Number(query.get("timeout") ?? 0);
    if (query.has("since") && !(since > 0)) {
      return json(400, { errcode: "M_UNKNOWN_POS", error: "Unknown token" });
    }
    if (timeout > 0 && this.#position <= since) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#waiting.delete(done);
          resolve();
        };
        this.#waiting.add(done);
        signal.addEventListener("abort", done, { once: true });
        this.clock.sleep(timeout, signal).then(done, done);
      });
    }
    const join: Record<string, unknown> = {};
    for (const room of this.rooms.values()) {
      const news = room.events.filter(({ position }) => position > since);
      const ephemeral = room.ephemeral.filter(({ position }) => position > since);
      if (news.length === 0 && ephemeral.length === 0) continue;
      const timeline = news.slice(-this.timelineLimit);
      const first = timeline[0]?.position ?? this.#position;
      const before = this.#stateAt(room.id, first, since);
      join[room.id] = {
        state: { events: before },
        timeline: {
          events: timeline.map((stored) => this.#forClient(stored)),
          limited: timeline.length < news.length,
          prev_batch: `p${first}`,
        },
        ephemeral: { events: ephemeral.map(({ event }) => event) },
        summary: { "m.joined_member_count": this.#joined(room.id), "m.invited_member_count": 0 },
        unread_notifications: { notification_count: 0, highlight_count: 0 },
      };
    }
    const accountData = this.accountData.filter(({ position }) => position > since);
    return {
      next_batch: `s${this.#position}`,
      rooms: { join },
      account_data: { events: accountData.map(({ event }) => event) },
    };
  }

  #messages(roomID: string, query: URLSearchParams): unknown {
    const from = Number(query.get("from")?.slice(1));
    const limit = Math.min(Number(query.get("limit") ?? 10), this.pageSize);
    const { events } = this.room(roomID);
    if (query.get("dir") === "b") {
      const older = events.filter(({ position }) => position < from);
      const page = older.slice(-limit).reverse();
      const end = page.length < older.length ? { end: `p${page.at(-1)?.position}` } : {};
      return { chunk: page.map((stored) => this.#forClient(stored)), start: `p${from}`, ...end };
    }
    const newer = events.filter(({ position }) => position >= from);
    const page = newer.slice(0, limit);
    const next = newer[page.length];
    return {
      chunk: page.map((stored) => this.#forClient(stored)),
      ...(next === undefined ? {} : { end: `p${next.position}` }),
    };
  }

  #context(roomID: string, id: string): unknown {
    const { events } = this.room(roomID);
    const index = events.findIndex(({ event }) => event.event_id === id);
    if (index < 0) return json(404, { errcode: "M_NOT_FOUND", error: "No such event" });
    const clients = (part: Stored[]) => part.map((stored) => this.#forClient(stored));
    const before = events.slice(Math.max(0, index - 5), index);
    const after = events.slice(index + 1, index + 6);
    const next = events[index + 6];
    return {
      event: this.#forClient(events[index] as Stored),
      events_before: clients(before).reverse(),
      events_after: clients(after),
      start: `p${before[0]?.position ?? events[index]?.position}`,
      ...(next === undefined ? {} : { end: `p${next.position}` }),
    };
  }

  /** The state before `position`, but only what changed after `since`. */
  #stateAt(roomID: string, position: number, since = 0): ServerEvent[] {
    const state = new Map<string, ServerEvent>();
    for (const stored of this.room(roomID).events) {
      const { event } = stored;
      if (stored.position >= position || stored.position <= since) continue;
      if (event.state_key !== undefined) state.set(`${event.type} ${event.state_key}`, event);
    }
    return [...state.values()];
  }

  #joined(roomID: string): number {
    return this.#stateAt(roomID, Infinity).filter(({ type, content }) =>
      type === "m.room.member" &&
      (content as { membership?: unknown } | null)?.membership === "join"
    ).length;
  }

  #forClient({ event, txn }: Stored): unknown {
    return txn === undefined
      ? event
      : { ...event, unsigned: { ...event.unsigned, transaction_id: txn } };
  }

  #redact(room: Room, redaction: ServerEvent): void {
    const target = (redaction.content as { redacts?: unknown } | null)?.redacts;
    const stored = room.events.find(({ event }) => event.event_id === target);
    if (stored === undefined) return;
    const unsigned = { redacted_because: redaction };
    stored.event = { ...stored.event, content: {}, unsigned };
  }

  #once(key: string, make: () => string): string {
    const id = this.#transactions.get(key) ?? make();
    this.#transactions.set(key, id);
    return id;
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}
