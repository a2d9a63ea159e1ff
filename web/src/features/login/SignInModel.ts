import type { Authentication, SignInMethods } from "../../matrix/contract.ts";
import type { Key, Sentence } from "../../locales/translate.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type SignInState = {
  readonly user: string;
  readonly password: string;
  readonly isBusy: boolean;
  readonly userError?: Key | undefined;
  readonly passwordError?: Key | undefined;
  readonly problem?: Sentence | undefined;
};

/** The form to come in by. */
export class SignInModel {
  readonly state: Value<SignInState>;
  readonly methods = new Value<SignInMethods | undefined>(undefined);

  /** - `user`: when it is known who comes back. */
  constructor(
    private readonly authentication: Pick<Authentication, "signIn" | "signInMethods">,
    user = "",
  ) {
    this.state = new Value<SignInState>({ user, password: "", isBusy: false });
  }

  async load(): Promise<void> {
    try {
      this.methods.set(await this.authentication.signInMethods());
    } catch (error) {
      this.state.update((state) => ({ ...state, problem: problem(error) }));
    }
  }

  change(changes: Partial<Pick<SignInState, "user" | "password">>): void {
    this.state.update(({ user, password }) => ({ user, password, isBusy: false, ...changes }));
  }

  async submit(): Promise<void> {
    const { user, password, isBusy } = this.state.get();
    const userError: Key | undefined = user.trim() === "" ? "login.userMissing" : undefined;
    const passwordError: Key | undefined = password === "" ? "login.passwordMissing" : undefined;
    this.state.update((state) => ({ ...state, userError, passwordError, problem: undefined }));
    if (isBusy || userError !== undefined || passwordError !== undefined) return;
    this.state.update((state) => ({ ...state, isBusy: true }));
    try {
      await this.authentication.signIn(user.trim(), password);
    } catch (error) {
      this.state.update((state) => ({
        ...state,
        isBusy: false,
        problem: problem(error, { M_FORBIDDEN: "login.wrong" }),
      }));
    }
  }
}
