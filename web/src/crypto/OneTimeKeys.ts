import type { Clock } from "../platform/Clock.ts";
import { field, integerIn } from "../platform/json.ts";
import type { Account } from "./Account.ts";
import type { KeyServer } from "./KeyServer.ts";
import type { KeyText } from "./names.ts";
import { encodeBase64, encodeBase64URL } from "./primitives/base64.ts";
import { generateX25519 } from "./primitives/x25519.ts";
import type { CryptoDatabase, CryptoTransaction, OneTimeKeyRecord } from "./storage/stores.ts";

/** As many wait at the server; it is filled up when half of them are gone. */
const wanted = 50;

/** Private keys that are kept; of more, the oldest were claimed by somebody who never wrote. */
const maxKept = 500;

/** So long a fallback key can still be used after another has taken its place. */
const fallbackMS = 60 * 60_000;

/** What a sync tells of our keys at the server. */
export type KeyCounts = {
  /** Of `device_one_time_keys_count`; absent: no sync yet. */
  readonly oneTime?: number;
  /** Of `device_unused_fallback_key_types`; absent: the server knows no fallback keys. */
  readonly hasUnusedFallback?: boolean;
};

/**
 * Keeps the server supplied with one-time keys and a fallback key. Private halves are stored before
 * the public ones leave, and are uploaded again under the same name until the server has them.
 *
 * - Spec: [One-time and fallback keys](https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys)
 */
export class OneTimeKeys {
  #needed: KeyCounts = {};
  /** All that was made is at the server. */
  #isSettled = false;

  constructor(
    private readonly database: CryptoDatabase,
    private readonly server: KeyServer,
    private readonly account: Account,
    private readonly clock: Clock,
  ) {}

  /** What the last sync told; acted upon by `upload`. */
  note(counts: KeyCounts): void {
    this.#needed = { ...this.#needed, ...counts };
  }

  /** Our key that somebody used to open a session. */
  find(publicKey: KeyText): Promise<OneTimeKeyRecord | undefined> {
    return this.database.read(["oneTimeKeys"], (tx) => tx.get("oneTimeKeys", publicKey));
  }

  /** A session was opened with it. In the transaction that stores the session. */
  remove(tx: CryptoTransaction, key: OneTimeKeyRecord): void {
    // A fallback key may have been handed out to several; it goes when it is replaced.
    if (!key.isFallback) tx.delete("oneTimeKeys", key.publicKey);
  }

  /** Uploads the device keys once, and new one-time and fallback keys as needed. */
  async upload(): Promise<void> {
    const { oneTime = wanted, hasUnusedFallback } = this.#needed;
    if (this.#isSettled && oneTime >= wanted / 2 && hasUnusedFallback !== false) return;
    const [all, isPublished] = await Promise.all([
      this.database.read(["oneTimeKeys"], (tx) => tx.getAll("oneTimeKeys")),
      this.account.isPublished(this.database),
    ]);
    const fresh = await this.#generate(all, isPublished);
    const waiting = [...all.filter((key) => !key.isPublished), ...fresh];
    const now = this.clock.now();
    const old = this.#superseded(all, now);
    if (fresh.length > 0 || old.length > 0) {
      await this.database.write(["oneTimeKeys"], (tx) => {
        for (const key of fresh) tx.put("oneTimeKeys", key);
        for (const key of old) tx.delete("oneTimeKeys", key.publicKey);
        return Promise.resolve();
      });
    }
    this.#isSettled = waiting.length === 0 && isPublished;
    if (this.#isSettled) return;
    const answer = await this.server.upload({
      ...(isPublished ? {} : { device_keys: this.account.deviceKeys }),
      one_time_keys: await this.#signed(waiting.filter((key) => !key.isFallback)),
      fallback_keys: await this.#signed(waiting.filter((key) => key.isFallback)),
    });
    await this.database.write(["cryptoAccount", "oneTimeKeys"], async (tx) => {
      if (!isPublished) this.account.markPublished(tx);
      for (const key of waiting) {
        // Somebody may have used it before the answer came.
        const still = await tx.get("oneTimeKeys", key.publicKey);
        if (still !== undefined) tx.put("oneTimeKeys", { ...still, isPublished: true });
      }
      if (waiting.some((key) => key.isFallback)) {
        for (const key of await tx.getAll("oneTimeKeys")) {
          const isReplaced = key.isFallback && key.replacedTS === undefined && !waiting.some(
            (other) => other.publicKey === key.publicKey,
          );
          if (isReplaced) tx.put("oneTimeKeys", { ...key, replacedTS: now });
        }
      }
    });
    const count = integerIn(field(answer, "one_time_key_counts"), "signed_curve25519");
    this.#needed = { oneTime: count ?? wanted, hasUnusedFallback: true };
    this.#isSettled = true;
  }

  async #generate(
    all: readonly OneTimeKeyRecord[],
    isPublished: boolean,
  ): Promise<OneTimeKeyRecord[]> {
    const isWaiting = (isFallback: boolean) =>
      all.filter((key) => !key.isPublished && key.isFallback === isFallback).length;
    const there = isPublished ? this.#needed.oneTime ?? wanted : 0;
    const missing = there < wanted / 2 ? wanted - there - isWaiting(false) : 0;
    const lacksFallback = (!isPublished || this.#needed.hasUnusedFallback === false) &&
      isWaiting(true) === 0;
    const kinds = [
      ...Array.from({ length: Math.max(missing, 0) }, () => false),
      ...(lacksFallback ? [true] : []),
    ];
    return await Promise.all(kinds.map(async (isFallback) => {
      const { publicKey, privateKey } = await generateX25519();
      return {
        publicKey: encodeBase64(publicKey),
        keyID: encodeBase64URL(publicKey.subarray(0, 9)),
        privateKey,
        isFallback,
        isPublished: false,
        createdTS: this.clock.now(),
      };
    }));
  }

  #superseded(all: readonly OneTimeKeyRecord[], now: number): OneTimeKeyRecord[] {
    const byAge = all.filter((key) => !key.isFallback && key.isPublished)
      .sort((a, b) => a.createdTS - b.createdTS);
    const fallbacks = all.filter((key) => (key.replacedTS ?? now) + fallbackMS < now);
    return [...byAge.slice(0, Math.max(0, byAge.length - maxKept)), ...fallbacks];
  }

  async #signed(keys: readonly OneTimeKeyRecord[]): Promise<object> {
    return Object.fromEntries(
      await Promise.all(keys.map(async (key) => [
        `signed_curve25519:${key.keyID}`,
        await this.account.sign({
          key: key.publicKey,
          ...(key.isFallback ? { fallback: true } : {}),
        }),
      ])),
    );
  }
}
