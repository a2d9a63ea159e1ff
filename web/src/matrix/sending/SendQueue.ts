import { encryptAttachment } from "../../crypto/attachments/attachmentCipher.ts";
import { writeEncryptedFile } from "../../crypto/attachments/encryptedFile.ts";
import type { Clock } from "../../platform/Clock.ts";
import { Backoff } from "../api/Backoff.ts";
import { type Homeserver, isPassing, path } from "../api/Homeserver.ts";
import { asEventID } from "../api/identifiers.ts";
import { field, type JsonObject, objectIn, stringIn } from "../api/json.ts";
import { type EventID, Failure, type RoomID } from "../contract.ts";
import type { AccountDatabase } from "../storage/AccountDatabase.ts";
import type { QueuedRequest, QueueRecord } from "../storage/records.ts";
import type { Echo } from "../timeline/items.ts";
import { makeThumbnail } from "../media/makeThumbnail.ts";
import type { Progress, Uploads } from "../media/Uploads.ts";
import type { AccountTransaction } from "../storage/layout.ts";

/** As many as wait at most: beyond, something is wrong, and the disk would fill. */
const maxEntries = 1_000;
const maxUploads = 2;
/** A progress that is told more often than this is no progress but noise. */
const progressStep = 0.02;

type Work = {
  /** Not while the event itself is on its way: that cannot be called back. */
  readonly abort?: AbortController;
  progress?: number;
};

/** What the queue needs of the cryptography. */
export interface Sealing {
  /**
   * Whether nothing may be sent into this room in the clear.
   *
   * - Parameter asksServer: The server knows better than what sync has told so far.
   */
  isEncrypted(roomID: RoomID, asksServer?: boolean): Promise<boolean>;
  /**
   * The content of the `m.room.encrypted` event that says this. `store` keeps it, in the
   * transaction that stores the advanced session: from then on it is sent as it is.
   */
  seal(
    roomID: RoomID,
    type: string,
    content: JsonObject,
    store: (tx: AccountTransaction, sealed: JsonObject) => Promise<void>,
  ): Promise<JsonObject>;
  /** Sends the keys that were made: before what they open. */
  deliver(): Promise<void>;
}

type Waiter = { resolve: (eventID: EventID | undefined) => void; reject: (error: Failure) => void };

/**
 * What is to be sent, in its order, stored until it has come back by sync.
 *
 * An entry is sent under its key as the transaction ID, as often as need be: the server takes it
 * once. So a crash, a takeover by another tab, or an answer that is lost neither lose nor double
 * it. Rooms do not wait for each other; in a room, one entry is under way at a time. A file is
 * uploaded beside that line, and enters it when it is up.
 */
export class SendQueue {
  #entries = new Map<string, QueueRecord>();
  #lastOrder = 0;
  readonly #works = new Map<string, Work>();
  readonly #lanes = new Set<RoomID>();
  readonly #waiters = new Map<string, Waiter[]>();
  /** The sync request under way when an entry was sent: a later one brings it, or it is in a gap. */
  readonly #sentAt = new Map<string, number>();
  /** Keys taken back while they were on their way: what arrives is redacted. */
  readonly #takenBack = new Set<string>();
  #wake = new AbortController();
  #stopped = new AbortController();
  #uploads = 0;

  constructor(
    private readonly database: AccountDatabase,
    private readonly server: Homeserver,
    private readonly uploads: Uploads,
    private readonly clock: Clock,
    private readonly sealing: Sealing,
    /** The number of the sync request that is under way. */
    private readonly syncRequest: () => number,
    /** Called after each change of what is to be seen of a room. */
    private readonly onChange: (roomID: RoomID) => void,
  ) {}

  /** Reads what an earlier engine has left, and goes on with it. */
  async start(): Promise<void> {
    const stored = await this.database.read(["queue"], (tx) => tx.getAll("queue"));
    for (const entry of stored) {
      this.#entries.set(entry.key, entry);
      this.#lastOrder = Math.max(this.#lastOrder, entry.order);
    }
    for (const roomID of new Set(stored.map((entry) => entry.roomID))) {
      this.onChange(roomID);
      this.#pump(roomID);
    }
  }

  /** Lets nothing more go out. What is stored stays. */
  stop(): void {
    this.#stopped.abort();
    for (const { abort } of this.#works.values()) abort?.abort();
  }

  get byKey(): ReadonlyMap<string, QueueRecord> {
    return this.#entries;
  }

  /** Of those sent, their keys by the ID of the event. */
  sentKeys(): ReadonlyMap<EventID, string> {
    const keys = new Map<EventID, string>();
    for (const { key, eventID } of this.#entries.values()) {
      if (eventID !== undefined) keys.set(eventID, key);
    }
    return keys;
  }

  echoes(roomID: RoomID): readonly Echo[] {
    const mine = [...this.#entries.values()].filter((entry) => entry.roomID === roomID)
      .sort((a, b) => a.order - b.order);
    return mine.map((entry) => {
      const work = this.#works.get(entry.key);
      const progress = work?.progress;
      const echo = { ...entry, isUnderWay: work !== undefined };
      return progress === undefined ? echo : { ...echo, progress };
    });
  }

  /** The file of an entry that is not up yet. */
  file(key: string): Blob | undefined {
    const request = this.#entries.get(key)?.request;
    return request?.kind === "file" ? request.file : undefined;
  }

  /**
   * Stores it, to be sent. Resolves once it is stored.
   *
   * A key that is known already changes nothing: the call is a repetition.
   */
  async add(roomID: RoomID, key: string, request: QueuedRequest): Promise<void> {
    if (this.#entries.has(key)) return;
    if (this.#entries.size >= maxEntries) {
      throw new Failure("QUEUE_FULL", "Too much waits to be sent.");
    }
    this.#lastOrder += 1;
    const order = this.#lastOrder;
    const createdTS = this.clock.now();
    const entry: QueueRecord = { order, key, roomID, createdTS, request, state: "waiting" };
    // Known before it is stored, so that a repetition meanwhile is seen as one.
    this.#entries.set(key, entry);
    try {
      await this.database.write(["queue"], (tx) => Promise.resolve(tx.put("queue", entry)));
    } catch (error) {
      this.#entries.delete(key);
      throw isQuota(error) ? new Failure("DISK_FULL", "This browser has no room left.") : error;
    }
    this.onChange(roomID);
    this.#pump(roomID);
  }

  /**
   * Waits until an entry has been sent: its event ID, or undefined if it is gone already.
   *
   * - Throws: the server's refusal.
   */
  outcome(key: string): Promise<EventID | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.state === "sent") return Promise.resolve(entry?.eventID);
    if (entry.state === "failed") return Promise.reject(failureIn(entry));
    return new Promise((resolve, reject) => {
      this.#waiters.set(key, [...this.#waiters.get(key) ?? [], { resolve, reject }]);
    });
  }

  async resend(key: string): Promise<void> {
    const entry = await this.#change(
      key,
      ({ failure: _, ...rest }) => ({ ...rest, state: "waiting" }),
    );
    if (entry !== undefined) this.#pump(entry.roomID);
  }

  async cancel(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.state === "sent") return;
    const work = this.#works.get(key);
    if (work !== undefined && work.abort === undefined) this.#takenBack.add(key);
    work?.abort?.abort();
    await this.#remove(key);
    this.#settle(key, new Failure("CANCELLED", "Taken back."));
  }

  /** These have come back by sync, and are stored as events. */
  delivered(keys: Iterable<string>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      this.#forget(entry);
      this.#settle(key, entry.eventID);
    }
  }

  /**
   * The answer of sync request `request` is stored. What was sent before that request was made
   * and is not in it must be where events are missing: it is shown from history again.
   */
  async caughtUp(request: number): Promise<void> {
    for (const entry of [...this.#entries.values()]) {
      if (entry.state !== "sent") continue;
      if ((this.#sentAt.get(entry.key) ?? 0) < request) await this.#remove(entry.key);
    }
  }

  /** Tries again now what waits for the network. */
  retryNow(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  // Sending.

  #pump(roomID: RoomID): void {
    this.#pumpUploads();
    if (this.#lanes.has(roomID) || this.#stopped.signal.aborted) return;
    this.#lanes.add(roomID);
    void this.#run(roomID).finally(() => this.#lanes.delete(roomID));
  }

  async #run(roomID: RoomID): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      const entry = this.#next(roomID);
      if (entry === undefined || this.#stopped.signal.aborted) return;
      this.#works.set(entry.key, {});
      this.onChange(roomID);
      try {
        const eventID = await this.#send(entry);
        backoff.succeed();
        if (eventID === undefined) continue;
        await this.#sent(entry, eventID);
      } catch (error) {
        this.#works.delete(entry.key);
        if (this.#stopped.signal.aborted) return;
        if (!(error instanceof Failure)) throw error;
        if (await this.#isNowEncrypted(entry, error)) continue;
        if (isLasting(error)) await this.#fail(entry, error);
        else {
          this.onChange(roomID);
          await this.#pause(error, backoff);
        }
      }
    }
  }

  #next(roomID: RoomID): QueueRecord | undefined {
    let first: QueueRecord | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.roomID !== roomID || entry.state !== "waiting") continue;
      if (entry.request.kind === "file") continue;
      if (first === undefined || entry.order < first.order) first = entry;
    }
    return first;
  }

  /** Undefined: a file has to go up once more first, encrypted. */
  async #send(entry: QueueRecord): Promise<EventID | undefined> {
    const { roomID, key, request } = entry;
    let answer;
    if (request.kind === "event") {
      const isSealed = entry.sealed !== undefined || await this.sealing.isEncrypted(roomID);
      if (isSealed && request.file !== undefined) return void await this.#uploadAgain(entry);
      const sealed = isSealed ? await this.#sealed(entry, request) : undefined;
      answer = await this.server.put(
        path`/v3/rooms/${roomID}/send/${sealed ? "m.room.encrypted" : request.type}/${key}`,
        sealed ?? request.content,
      );
    } else if (request.kind === "redaction") {
      answer = await this.server.put(
        path`/v3/rooms/${roomID}/redact/${request.target}/${key}`,
        request.reason === undefined ? {} : { reason: request.reason },
      );
    }
    const eventID = asEventID(field(answer, "event_id"));
    if (eventID === undefined) throw new Failure("BAD_ANSWER", "The event has no ID.");
    return eventID;
  }

  /** What leaves in place of the plain event; its key leaves here, before it. */
  async #sealed(
    { key, order, roomID, sealed: before }: QueueRecord,
    { type, content }: QueuedRequest & { kind: "event" },
  ): Promise<JsonObject> {
    const sealed = before ?? await this.sealing.seal(roomID, type, content, async (tx, sealed) => {
      const stored = await tx.get("queue", order);
      if (stored !== undefined) tx.put("queue", { ...stored, sealed });
    });
    const now = this.#entries.get(key);
    if (now !== undefined) this.#entries.set(key, { ...now, sealed });
    await this.sealing.deliver();
    return sealed;
  }

  /** The room was encrypted while the file, which is on the server as it is, waited for its turn. */
  async #uploadAgain({ key, roomID }: QueueRecord): Promise<void> {
    this.#works.delete(key);
    await this.#change(key, (old) => {
      if (old.request.kind !== "event" || old.request.file === undefined) return old;
      const { file, content: { url: _, ...content } } = old.request;
      return { ...old, request: { kind: "file", file, content } };
    });
    this.#pump(roomID);
  }

  /** The server takes nothing in the clear any more, which sync has not told yet. */
  async #isNowEncrypted({ roomID, request, sealed }: QueueRecord, error: Failure) {
    if (error.code !== "M_FORBIDDEN" || request.kind !== "event" || sealed !== undefined) {
      return false;
    }
    return await this.sealing.isEncrypted(roomID, true).catch(() => false);
  }

  async #sent(entry: QueueRecord, eventID: EventID): Promise<void> {
    const { key, roomID, order } = entry;
    this.#works.delete(key);
    this.#sentAt.set(key, this.syncRequest());
    if (this.#takenBack.delete(key)) {
      await this.add(roomID, `${key}-undo`, { kind: "redaction", target: eventID });
    }
    const isBack = await this.database.write(["queue", "events"], async (tx) => {
      const stored = await tx.get("queue", order);
      if (stored === undefined) return true;
      // Sync was faster, and did not say that the event is ours.
      if (await tx.getBy("events", "byID", [roomID, eventID]) !== undefined) {
        tx.delete("queue", order);
        return true;
      }
      tx.put("queue", { ...stored, state: "sent", eventID });
      return false;
    });
    const now = this.#entries.get(key);
    if (isBack) this.#forget(entry);
    else if (now !== undefined) this.#entries.set(key, { ...now, state: "sent", eventID });
    this.onChange(roomID);
    this.#settle(key, eventID);
  }

  async #fail(entry: QueueRecord, error: Failure): Promise<void> {
    const { code, message } = error;
    await this.#change(
      entry.key,
      (old) => ({ ...old, state: "failed", failure: { code, message } }),
    );
    this.#settle(entry.key, error);
    // What shows nothing when it fails is told to who asked for it, and is no more.
    if (!isShown(entry)) await this.#remove(entry.key);
  }

  async #pause(error: Failure, backoff: Backoff): Promise<void> {
    const wait = Math.max(error.details.retryAfterMS ?? 0, backoff.fail(this.clock.random()));
    const signal = this.#wake.signal;
    const stop = () => this.#wake.abort();
    this.#stopped.signal.addEventListener("abort", stop);
    await this.clock.sleep(wait, signal).catch(() => {});
    this.#stopped.signal.removeEventListener("abort", stop);
  }

  // Uploading.

  #pumpUploads(): void {
    for (const entry of this.#entries.values()) {
      if (this.#uploads >= maxUploads || this.#stopped.signal.aborted) return;
      const isReady = entry.state === "waiting" && entry.request.kind === "file";
      if (!isReady || this.#works.has(entry.key)) continue;
      this.#uploads += 1;
      void this.#upload(entry).finally(() => {
        this.#uploads -= 1;
        this.#pumpUploads();
      });
    }
  }

  async #upload(entry: QueueRecord): Promise<void> {
    if (entry.request.kind !== "file") return;
    const { file, content } = entry.request;
    const abort = new AbortController();
    const work: Work = { abort, progress: 0 };
    this.#works.set(entry.key, work);
    this.onChange(entry.roomID);
    const backoff = new Backoff();
    while (!abort.signal.aborted) {
      try {
        const request = await this.#uploaded(entry.roomID, file, content, (progress) => {
          if (progress - (work.progress ?? 0) < progressStep) return;
          work.progress = progress;
          this.onChange(entry.roomID);
        }, abort.signal);
        this.#works.delete(entry.key);
        await this.#change(entry.key, (old) => ({ ...old, request }));
        return this.#pump(entry.roomID);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (abort.signal.aborted) break;
        work.progress = 0;
        this.onChange(entry.roomID);
        if (isLasting(error)) {
          this.#works.delete(entry.key);
          return await this.#fail(entry, error);
        }
        await this.#pause(error, backoff);
      }
    }
    this.#works.delete(entry.key);
  }

  /** The event for a file, which is on the server then: encrypted where the room is. */
  async #uploaded(
    roomID: RoomID,
    file: Blob,
    content: JsonObject,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<QueuedRequest> {
    const about = { kind: "event", type: "m.room.message" } as const;
    if (!await this.sealing.isEncrypted(roomID)) {
      const name = stringIn(content, "filename") ?? "";
      const url = await this.uploads.upload(file, name, onProgress, signal);
      return { ...about, content: { ...content, url }, file };
    }
    const up = async (plain: Blob, onProgress: Progress) => {
      const { ciphertext, secret } = await encryptAttachment(plain, signal);
      // Its name and its kind are nobody's business.
      const url = await this.uploads.upload(ciphertext, "", onProgress, signal);
      return writeEncryptedFile({ url, secret });
    };
    const thumbnail = await makeThumbnail(file);
    const info = thumbnail && {
      ...objectIn(content, "info"),
      thumbnail_file: await up(thumbnail.blob, () => {}),
      thumbnail_info: {
        mimetype: thumbnail.blob.type,
        size: thumbnail.blob.size,
        w: thumbnail.width,
        h: thumbnail.height,
      },
    };
    const where = await up(file, onProgress);
    return { ...about, content: { ...content, file: where, ...(info && { info }) } };
  }

  // Keeping.

  /** Changes an entry, stored first, unless it is gone meanwhile. */
  async #change(
    key: string,
    change: (entry: QueueRecord) => QueueRecord,
  ): Promise<QueueRecord | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const stored = await this.database.write(["queue"], async (tx) => {
      const old = await tx.get("queue", entry.order);
      if (old === undefined) return undefined;
      const next = change(old);
      tx.put("queue", next);
      return next;
    });
    if (stored !== undefined && this.#entries.has(key)) this.#entries.set(key, stored);
    this.onChange(entry.roomID);
    return stored;
  }

  async #remove(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    await this.database.write(
      ["queue"],
      (tx) => Promise.resolve(tx.delete("queue", entry.order)),
    );
    this.#forget(entry);
    this.onChange(entry.roomID);
  }

  #forget({ key }: QueueRecord): void {
    this.#entries.delete(key);
    this.#sentAt.delete(key);
  }

  #settle(key: string, outcome: EventID | undefined | Failure): void {
    for (const { resolve, reject } of this.#waiters.get(key) ?? []) {
      if (outcome instanceof Failure) reject(outcome);
      else resolve(outcome);
    }
    this.#waiters.delete(key);
  }
}

/** Whether trying again would fail again. */
function isLasting(error: Failure): boolean {
  if (isPassing(error) || error.code === "CANCELLED" || error.code === "BAD_ANSWER") return false;
  // The session has ended or is locked: the next one goes on.
  return error.code !== "M_UNKNOWN_TOKEN" && error.code !== "ENDED";
}

/** Messages show that they failed; edits, reactions and redactions cannot. */
function isShown({ request }: QueueRecord): boolean {
  if (request.kind === "redaction") return false;
  const relation = stringIn(field(request.content, "m.relates_to"), "rel_type");
  return relation !== "m.replace" && relation !== "m.annotation";
}

function failureIn({ failure }: QueueRecord): Failure {
  return new Failure(failure?.code ?? "INTERNAL", failure?.message ?? "");
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
