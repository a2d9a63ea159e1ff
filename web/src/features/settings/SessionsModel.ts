import type { Account, Device } from "../../matrix/contract.ts";
import type { Sentence } from "../../locales/translate.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type SessionsState = {
  readonly status: "loading" | "done" | "failed";
  /** This one first, then the one used last. */
  readonly devices: readonly Device[];
  readonly problem?: Sentence | undefined;
};

/** Where the person is signed in. */
export class SessionsModel {
  readonly state = new Value<SessionsState>({ status: "loading", devices: [] });

  constructor(private readonly account: Pick<Account, "devices" | "endDevices">) {}

  async load(): Promise<void> {
    try {
      const devices = await this.account.devices();
      this.state.set({ status: "done", devices: [...devices].sort(order) });
    } catch (error) {
      this.state.update((state) => ({ ...state, status: "failed", problem: problem(error) }));
    }
  }

  /**
   * Ends sessions. The server may want the password: then it has to be given.
   *
   * - Returns: `done`, or `password` when one is needed or the one given was wrong.
   */
  async end(ids: readonly string[], password?: string): Promise<"done" | "password"> {
    const first = await this.account.endDevices(ids);
    const outcome = first.done || password === undefined
      ? first
      : await this.account.endDevices(ids, {
        session: first.challenge.session,
        stage: "m.login.password",
        password,
      });
    if (!outcome.done) return "password";
    this.state.update((state) => ({
      ...state,
      devices: state.devices.filter((device) => !ids.includes(device.id)),
    }));
    return "done";
  }
}

function order(one: Device, other: Device): number {
  if (one.isCurrent !== other.isCurrent) return one.isCurrent ? -1 : 1;
  return (other.lastSeenTS ?? 0) - (one.lastSeenTS ?? 0);
}
