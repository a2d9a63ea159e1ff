import {
  forwardRef,
  type InputHTMLAttributes,
  type ReactNode,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from "react";
import { Icon } from "./Icon.tsx";
import { IconButton } from "./Button.tsx";
import type { IconName } from "./icons.ts";

type Shared = {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with what was typed, as a sentence that says how to mend it. */
  readonly error?: string | undefined;
};

type InputProps = Shared & Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "id">;

/** One line to fill in, with its label above and what may be wrong below. */
export const TextField = forwardRef<HTMLInputElement, InputProps>(function TextField(
  { label, hint, error, ...rest },
  ref,
) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} isRequired={rest.required}>
      <input
        ref={ref}
        id={id}
        className="field-input"
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
    </FieldFrame>
  );
});

type AreaProps = Shared & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className" | "id">;

/** Several lines to fill in. */
export const TextArea = forwardRef<HTMLTextAreaElement, AreaProps>(function TextArea(
  { label, hint, error, ...rest },
  ref,
) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} isRequired={rest.required}>
      <textarea
        ref={ref}
        id={id}
        className="field-input field-area scrolls"
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(id, hint, error)}
        {...rest}
      />
    </FieldFrame>
  );
});

type PasswordProps = Omit<InputProps, "type"> & {
  readonly showLabel: string;
  readonly hideLabel: string;
};

/** A password, which the reader can choose to see. */
export const PasswordField = forwardRef<HTMLInputElement, PasswordProps>(function PasswordField(
  { label, hint, error, showLabel, hideLabel, ...rest },
  ref,
) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} isRequired={rest.required}>
      <span className="field-with-button">
        <input
          ref={ref}
          id={id}
          className="field-input"
          type={isShown ? "text" : "password"}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={describedBy(id, hint, error)}
          {...rest}
        />
        <IconButton
          icon={isShown ? "eye-off" : "eye"}
          label={isShown ? hideLabel : showLabel}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        />
      </span>
    </FieldFrame>
  );
});

type SearchProps = Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "aria-label"> & {
  readonly label: string;
  readonly clearLabel: string;
  readonly onClear: () => void;
};

/** A box to search or filter with; its name is read out, and shown as its placeholder. */
export const SearchField = forwardRef<HTMLInputElement, SearchProps>(function SearchField(
  { label, clearLabel, onClear, value, ...rest },
  ref,
) {
  return (
    <span className="search-field">
      <Icon name="search" />
      <input
        ref={ref}
        className="search-input"
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        {...rest}
      />
      {value !== "" && <IconButton icon="close" size="s" label={clearLabel} onClick={onClear} />}
    </span>
  );
});

type FrameProps = Shared & {
  readonly id: string;
  readonly isRequired?: boolean | undefined;
  readonly children: ReactNode;
};

function FieldFrame({ id, label, hint, error, isRequired, children }: FrameProps) {
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {isRequired && <span className="field-required" aria-hidden="true">*</span>}
      </label>
      {children}
      {hint !== undefined && <p className="field-hint" id={`${id}-hint`}>{hint}</p>}
      <p className="field-error" id={`${id}-error`} aria-live="polite">
        {error !== undefined && (
          <>
            <Icon name="alert" size="s" />
            <span>{error}</span>
          </>
        )}
      </p>
    </div>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | undefined): string | undefined {
  const ids = [
    hint === undefined ? undefined : `${id}-hint`,
    error === undefined ? undefined : `${id}-error`,
  ].filter((part) => part !== undefined);
  return ids.length === 0 ? undefined : ids.join(" ");
}

type SwitchProps = {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly isDisabled?: boolean | undefined;
  readonly onChange: (isOn: boolean) => void;
};

/** Something that is on or off, and changes at once. */
export function Switch({ label, hint, isOn, isDisabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-row">
      <div className="switch-words">
        <label htmlFor={id}>{label}</label>
        {hint !== undefined && <p className="field-hint" id={`${id}-hint`}>{hint}</p>}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="switch"
        checked={isOn}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}

export type Choice<T extends string> = {
  readonly value: T;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly icon?: IconName | undefined;
  readonly isDisabled?: boolean | undefined;
};

type ChoicesProps<T extends string> = {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly isDisabled?: boolean | undefined;
  /** Side by side, where each is a word; otherwise one below the other, with sentences. */
  readonly isCompact?: boolean | undefined;
  readonly onChange: (value: T) => void;
};

/** One of several, all of them in sight. */
export function Choices<T extends string>(
  { label, choices, value, isDisabled = false, isCompact = false, onChange }: ChoicesProps<T>,
) {
  const id = useId();
  return (
    <fieldset className={isCompact ? "choices choices-compact" : "choices"} disabled={isDisabled}>
      <legend className="field-label">{label}</legend>
      {choices.map((choice) => (
        <label className="choice" key={choice.value}>
          <input
            type="radio"
            name={id}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.isDisabled}
            aria-describedby={choice.hint === undefined ? undefined : `${id}-${choice.value}`}
            onChange={() => onChange(choice.value)}
          />
          {choice.icon && <Icon name={choice.icon} />}
          <span className="choice-words">
            <span className="choice-label">{choice.label}</span>
            {choice.hint !== undefined && (
              <span className="field-hint" id={`${id}-${choice.value}`}>{choice.hint}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type CheckProps = {
  readonly label: ReactNode;
  readonly isChecked: boolean;
  readonly isDisabled?: boolean | undefined;
  readonly onChange: (isChecked: boolean) => void;
};

/** Something to tick before going on. */
export function Check({ label, isChecked, isDisabled = false, onChange }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
