import {
  type CodeReading,
  groupCode,
  readRecoveryCode,
} from "../../crypto/secrets/recoveryCode.ts";
import type { Opening, Security } from "../../matrix/contract.ts";
import type { Sentence } from "../../locales/translate.ts";
import { problem } from "../../parts/problems.ts";
import { Value } from "../../ui/Value.ts";

export type UnlockState = {
  readonly text: string;
  readonly reading: CodeReading;
  /** The person has asked to go on with what is there. */
  readonly isTried: boolean;
  readonly isBusy: boolean;
  /** What the account said to the code. */
  readonly outcome?: Extract<Opening, { readonly done: false }> | undefined;
  readonly problem?: Sentence | undefined;
};

/** The form that takes the recovery code on a new device. */
export class UnlockModel {
  readonly state = new Value<UnlockState>({
    text: "",
    reading: { state: "empty" },
    isTried: false,
    isBusy: false,
  });

  /** - Parameter takesPassphrase: Something that is no code may still open the account. */
  constructor(
    private readonly security: Pick<Security, "openWith">,
    readonly takesPassphrase: boolean,
  ) {}

  type(text: string): void {
    const reading = readRecoveryCode(text);
    this.state.set({ text, reading, isTried: false, isBusy: false });
  }

  /** Puts a code into its groups; a passphrase stays as it is. */
  tidy(): void {
    const { text, reading } = this.state.get();
    const isCode = reading.state === "whole" || reading.state === "incomplete";
    if (isCode && !this.takesPassphrase) {
      this.state.update((state) => ({ ...state, text: groupCode(text) }));
    }
  }

  /** - Returns: Whether this device is confirmed now. */
  async submit(): Promise<boolean> {
    const { text, reading, isBusy } = this.state.get();
    if (isBusy) return false;
    this.tidy();
    this.state.update((state) => ({ ...state, isTried: true, problem: undefined }));
    const isPhrase = this.takesPassphrase && reading.state !== "whole" && text.trim() !== "";
    if (reading.state !== "whole" && !isPhrase) return false;
    this.state.update((state) => ({ ...state, isBusy: true, outcome: undefined }));
    try {
      const outcome = await this.security.openWith(text);
      if (outcome.done) return true;
      this.state.update((state) => ({ ...state, isBusy: false, outcome }));
    } catch (error) {
      this.state.update((state) => ({ ...state, isBusy: false, problem: problem(error) }));
    }
    return false;
  }
}
