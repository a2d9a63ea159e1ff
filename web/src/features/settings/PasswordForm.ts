import type { Account, Interactive } from "../../matrix/contract.ts";
import type { Key, Sentence } from "../../locales/translate.ts";
import { MIN_PASSWORD } from "../../parts/passwordRules.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type PasswordFormState = {
  readonly current: string;
  readonly next: string;
  readonly again: string;
  readonly endsOthers: boolean;
  readonly isBusy: boolean;
  readonly isDone: boolean;
  readonly currentError?: Key | undefined;
  readonly nextError?: Key | undefined;
  readonly againError?: Key | undefined;
  readonly problem?: Sentence | undefined;
};

const empty: PasswordFormState = {
  current: "",
  next: "",
  again: "",
  endsOthers: true,
  isBusy: false,
  isDone: false,
};

/** The form that changes the password: asks for the present one, as the server does. */
export class PasswordForm {
  readonly state = new Value<PasswordFormState>(empty);

  constructor(private readonly account: Pick<Account, "changePassword">) {}

  change(changes: Partial<Pick<PasswordFormState, "current" | "next" | "again" | "endsOthers">>) {
    this.state.update(({ current, next, again, endsOthers }) => ({
      ...empty,
      current,
      next,
      again,
      endsOthers,
      ...changes,
    }));
  }

  async submit(): Promise<void> {
    const { current, next, again, endsOthers, isBusy } = this.state.get();
    const errors = {
      currentError: current === "" ? "password.currentMissing" : undefined,
      nextError: [...next].length < MIN_PASSWORD ? "password.tooShort" : undefined,
      againError: again !== next ? "password.different" : undefined,
    } as const;
    this.state.update((state) => ({ ...state, ...errors, problem: undefined }));
    if (isBusy || Object.values(errors).some((error) => error !== undefined)) return;
    this.state.update((state) => ({ ...state, isBusy: true }));
    try {
      this.#finish(await this.#ask(current, next, endsOthers));
    } catch (error) {
      this.state.update((state) => ({
        ...state,
        isBusy: false,
        problem: problem(error, { M_WEAK_PASSWORD: "password.weak" }),
      }));
    }
  }

  async #ask(current: string, next: string, endsOthers: boolean): Promise<Interactive> {
    const first = await this.account.changePassword(next, endsOthers);
    if (first.done || first.challenge.next !== "m.login.password") return first;
    return await this.account.changePassword(next, endsOthers, {
      session: first.challenge.session,
      stage: "m.login.password",
      password: current,
    });
  }

  #finish(outcome: Interactive): void {
    if (outcome.done) this.state.set({ ...empty, isDone: true });
    else {
      this.state.update((state) => ({
        ...state,
        isBusy: false,
        currentError: "password.currentWrong",
      }));
    }
  }
}
