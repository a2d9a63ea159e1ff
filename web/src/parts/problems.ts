import { Failure } from "../matrix/contract.ts";
import type { Key, Sentence } from "../locales/translate.ts";

/** What people are told when something could not be done: what happened, and what to do. */
export function problem(error: unknown, special: Partial<Record<string, Key>> = {}): Sentence {
  if (!(error instanceof Failure)) return { key: "problem.internal" };
  const own = special[error.code];
  if (own !== undefined) return { key: own };
  const { retryAfterMS, limitBytes } = error.details;
  switch (error.code) {
    case "OFFLINE":
      return { key: "problem.offline" };
    case "M_LIMIT_EXCEEDED":
      return retryAfterMS === undefined
        ? { key: "problem.tooOften" }
        : { key: "problem.tooOftenFor", values: { count: Math.ceil(retryAfterMS / 1000) } };
    case "M_FORBIDDEN":
      return { key: "problem.forbidden" };
    case "IDENTITY_CHANGED":
      return { key: "problem.identityChanged" };
    case "NOT_FOUND":
    case "M_NOT_FOUND":
      return { key: "problem.notFound" };
    case "TOO_LARGE":
    case "M_TOO_LARGE":
      return limitBytes === undefined
        ? { key: "problem.tooLarge" }
        : { key: "problem.tooLargeFor", values: { count: Math.floor(limitBytes / 1_000_000) } };
    case "ENDED":
    case "M_UNKNOWN_TOKEN":
      return { key: "problem.ended" };
    case "M_USER_DEACTIVATED":
      return { key: "problem.deactivated" };
    default:
      return { key: "problem.server" };
  }
}

/** True when there is nothing to tell: the person took it back. */
export function isCancelled(error: unknown): boolean {
  return error instanceof Failure && error.code === "CANCELLED";
}
