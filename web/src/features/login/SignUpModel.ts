import type {
  Answer,
  Authentication,
  Challenge,
  NewAccount,
  SignUpOffer,
} from "../../matrix/contract.ts";
import type { Key, Sentence } from "../../locales/translate.ts";
import { folded } from "../../parts/emoji/EmojiSearch.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";
import { MIN_PASSWORD } from "../../parts/passwordRules.ts";

export type SignUpState = {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly again: string;
  /** The code that some servers give to those who may sign up. */
  readonly token: string;
  readonly isBusy: boolean;
  readonly nameError?: Key | undefined;
  readonly usernameError?: Key | undefined;
  readonly passwordError?: Key | undefined;
  readonly againError?: Key | undefined;
  readonly tokenError?: Key | undefined;
  readonly problem?: Sentence | undefined;
  /** What the server asks before it makes the account. */
  readonly challenge?: Challenge | undefined;
};

type Fields = Pick<SignUpState, "name" | "username" | "password" | "again" | "token">;

const failures = {
  M_USER_IN_USE: "signUp.usernameTaken",
  M_INVALID_USERNAME: "signUp.usernameInvalid",
  M_EXCLUSIVE: "signUp.usernameTaken",
} as const;

/** The form that makes an account. */
export class SignUpModel {
  readonly state = new Value<SignUpState>({
    name: "",
    username: "",
    password: "",
    again: "",
    token: "",
    isBusy: false,
  });
  readonly offer = new Value<SignUpOffer | undefined>(undefined);
  #hasOwnUsername = false;

  constructor(
    private readonly authentication: Pick<
      Authentication,
      "signUpOffer" | "checkUsername" | "signUp"
    >,
  ) {}

  async load(): Promise<void> {
    try {
      this.offer.set(await this.authentication.signUpOffer());
    } catch (error) {
      this.state.update((state) => ({ ...state, problem: problem(error) }));
    }
  }

  change(changes: Partial<Fields>): void {
    if (changes.username !== undefined) this.#hasOwnUsername = changes.username !== "";
    this.state.update((state) => {
      const { name, username, password, again, token, challenge } = { ...state, ...changes };
      return {
        name,
        username: this.#hasOwnUsername ? username : usernameFor(name),
        password,
        again,
        token,
        challenge,
        isBusy: false,
      };
    });
  }

  /** Asks the server whether the name is free, once it is typed. */
  async checkUsername(): Promise<void> {
    const { username } = this.state.get();
    if (username === "" || usernameError(username) !== undefined) return;
    try {
      await this.authentication.checkUsername(username);
    } catch (error) {
      const usernameError = failures[(error as { code: keyof typeof failures }).code];
      if (usernameError === undefined || this.state.get().username !== username) return;
      this.state.update((state) => ({ ...state, usernameError }));
    }
  }

  async submit(): Promise<void> {
    const { isBusy, challenge } = this.state.get();
    const errors = this.#errors();
    this.state.update((state) => ({ ...state, ...errors, problem: undefined }));
    if (isBusy || Object.values(errors).some((error) => error !== undefined)) return;
    await this.#sign(challenge === undefined ? undefined : this.#answer(challenge));
  }

  #errors() {
    const { name, username, password, again, token, challenge } = this.state.get();
    const needsToken = challenge?.next === "m.login.registration_token" && token.trim() === "";
    return {
      nameError: name.trim() === "" ? "signUp.nameMissing" : undefined,
      usernameError: usernameError(username),
      passwordError: [...password].length < MIN_PASSWORD ? "password.tooShort" : undefined,
      againError: again !== password ? "password.different" : undefined,
      tokenError: needsToken ? "signUp.tokenMissing" : undefined,
    } as const;
  }

  async #sign(answer: Answer | undefined): Promise<void> {
    const { name, username, password } = this.state.get();
    const account: NewAccount = { username, password, displayName: name.trim() };
    this.state.update((state) => ({ ...state, isBusy: true }));
    try {
      const outcome = await this.authentication.signUp(account, answer);
      if (!outcome.done) this.#asked(outcome.challenge);
    } catch (error) {
      this.#failed(error);
    }
  }

  #asked(challenge: Challenge): void {
    const isRefused = challenge.refused !== undefined;
    const isToken = challenge.next === "m.login.registration_token";
    this.state.update((state) => ({
      ...state,
      isBusy: false,
      challenge,
      tokenError: isRefused && isToken ? "signUp.tokenWrong" : undefined,
      problem: isKnown(challenge.next) ? undefined : { key: "signUp.unknownStep" },
    }));
  }

  #failed(error: unknown): void {
    const usernameError = failures[(error as { code: keyof typeof failures }).code];
    this.state.update((state) => ({
      ...state,
      isBusy: false,
      usernameError,
      problem: usernameError === undefined
        ? problem(error, { M_WEAK_PASSWORD: "password.weak", M_FORBIDDEN: "signUp.closed" })
        : undefined,
    }));
  }

  #answer(challenge: Challenge): Answer {
    const { session } = challenge;
    switch (challenge.next) {
      case "m.login.registration_token":
        return {
          session,
          stage: "m.login.registration_token",
          token: this.state.get().token.trim(),
        };
      case "m.login.terms":
        return { session, stage: "m.login.terms" };
      default:
        return { session, stage: "m.login.dummy" };
    }
  }
}

function isKnown(stage: string): boolean {
  return ["m.login.registration_token", "m.login.terms", "m.login.dummy"].includes(stage);
}

function usernameError(username: string): Key | undefined {
  if (username === "") return "signUp.usernameMissing";
  return /^[a-z0-9._=/+-]{1,120}$/u.test(username) ? undefined : "signUp.usernameInvalid";
}

/** « Amélie Le Goff » gives `amelie.le-goff`: first name, then the rest. */
export function usernameFor(name: string): string {
  const [first = "", ...rest] = folded(name.replace(/\[.*$/u, "")).split(/[^a-z0-9-]+/u)
    .filter((word) => word !== "");
  return [first, rest.join("-")].filter((part) => part !== "").join(".").slice(0, 60);
}
