import type { RecoveryCode, Security } from "../../matrix/contract.ts";
import type { Key, Sentence } from "../../locales/translate.ts";
import { makeCode } from "../../parts/newCode.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type SetUpState = {
  /** `making` until there is a code; `check` asks for one of its groups. */
  readonly step: "making" | "password" | "code" | "check";
  /** The code has been saved, printed or copied. */
  readonly isKept: boolean;
  readonly isBusy: boolean;
  readonly password: string;
  readonly isPasswordWrong: boolean;
  /** Which group is asked for, from 1. */
  readonly place: number;
  readonly typed: string;
  readonly typedError?: Key | undefined;
  readonly problem?: Sentence | undefined;
};

type Verbs = Pick<Security, "state" | "createCode" | "confirmCode">;

/** From an account without a recovery code to one whose owner has shown that they keep it. */
export class SetUpModel {
  readonly state: Value<SetUpState>;

  /** - Parameter random: Gives a number in 0..<1. */
  constructor(private readonly security: Verbs, private readonly random: () => number) {
    this.state = new Value<SetUpState>({
      step: this.code === undefined ? "making" : "code",
      isKept: false,
      isBusy: false,
      password: "",
      isPasswordWrong: false,
      place: 1,
      typed: "",
    });
  }

  /** Kept by the engine until it is confirmed: a page that is loaded again shows the same code. */
  get code(): RecoveryCode | undefined {
    const state = this.security.state.get();
    return state.phase === "unsaved" ? state.code : undefined;
  }

  /** Makes the code, unless there is one already. */
  async begin(password?: string): Promise<void> {
    const { step, isBusy } = this.state.get();
    if (isBusy || step === "code" || step === "check") return;
    this.#change({ isBusy: true, problem: undefined });
    try {
      const outcome = await makeCode(this.security, password);
      this.#change(
        outcome === "done"
          ? { step: "code", isBusy: false, password: "" }
          : { step: "password", isBusy: false, isPasswordWrong: password !== undefined },
      );
    } catch (error) {
      this.#change({ isBusy: false, problem: problem(error) });
    }
  }

  setPassword(password: string): void {
    this.#change({ password, isPasswordWrong: false });
  }

  kept(): void {
    this.#change({ isKept: true, problem: undefined });
  }

  /** To the check, once the code has been kept. */
  proceed(): void {
    if (!this.state.get().isKept) {
      return this.#change({ problem: { key: "recovery.keepFirst" } });
    }
    // The first group hardly differs from one code to the next.
    const place = 2 + Math.floor(this.random() * 11);
    this.#change({ step: "check", place, typed: "", typedError: undefined, problem: undefined });
  }

  backToCode(): void {
    this.#change({ step: "code", problem: undefined });
  }

  type(typed: string): void {
    this.#change({ typed, typedError: undefined });
  }

  /** - Returns: Whether it was the right group; then all is done. */
  async check(): Promise<boolean> {
    const { place, typed, isBusy } = this.state.get();
    const group = this.code?.text.split(" ")[place - 1];
    if (group === undefined || isBusy) return false;
    const answer = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, "");
    if (answer !== group) {
      const isCaseOnly = answer.toLowerCase() === group.toLowerCase();
      this.#change({
        typedError: isCaseOnly ? "recovery.checkWrongCase" : "recovery.checkWrong",
      });
      return false;
    }
    this.#change({ isBusy: true, problem: undefined });
    try {
      await this.security.confirmCode();
      return true;
    } catch (error) {
      this.#change({ isBusy: false, problem: problem(error) });
      return false;
    }
  }

  #change(changes: Partial<SetUpState>): void {
    this.state.update((state) => ({ ...state, ...changes }));
  }
}
