import type { FailureCode, FailureDetails } from "../contract.ts";
import type { CallName } from "./calls.ts";
import type { FeedName } from "./feeds.ts";

/** Raise it when a message changes its meaning: tabs of an older build then load themselves anew. */
export const protocol = 2;

/** Where engines and tabs find each other. */
export const lobbyName = "chappe";

/** Where the engine and one tab talk. */
export function channelName(tab: string): string {
  return `chappe tab ${tab}`;
}

/** Held by a tab as long as it lives. */
export function tabLockName(tab: string): string {
  return `chappe tab ${tab}`;
}

/** Held by the tab whose worker runs the engine. */
export const hostLockName = "chappe host";

/** In the lobby. */
export type LobbyMessage =
  /** A tab is here, and wants to be welcomed. */
  | { readonly type: "hello"; readonly tab: string; readonly protocol: number }
  /** An engine starts (`isReady` false), or can be talked to. */
  | {
    readonly type: "engine";
    readonly engine: string;
    readonly isReady: boolean;
    readonly protocol: number;
  };

/** From a tab, to the engine that it names. */
export type TabMessage =
  & { readonly engine: string }
  & (
    | {
      readonly type: "call";
      readonly id: number;
      readonly name: CallName;
      readonly args: readonly unknown[];
    }
    | { readonly type: "watch" | "unwatch"; readonly feed: FeedName }
    | { readonly type: "ping" | "bye" }
  );

/** From the engine that it names, to a tab. */
export type EngineMessage =
  & { readonly engine: string }
  & (
    | { readonly type: "welcome" | "pong" }
    | { readonly type: "result"; readonly id: number; readonly value: unknown }
    | {
      readonly type: "failure";
      readonly id: number;
      readonly code: FailureCode;
      readonly message: string;
      readonly details: FailureDetails;
    }
    | { readonly type: "snapshot"; readonly feed: FeedName; readonly value: unknown }
    | { readonly type: "patch"; readonly feed: FeedName; readonly patch: unknown }
    /** There is no such thing any more: nobody is signed in. */
    | { readonly type: "gone"; readonly feed: FeedName }
  );
