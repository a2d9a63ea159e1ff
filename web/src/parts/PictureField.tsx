import { type ReactNode, useRef } from "react";
import { useWords } from "../locales/Words.tsx";
import { Button } from "../ui/Button.tsx";
import { useAction } from "./useAction.ts";
import { squared } from "./squared.ts";

type Props = {
  readonly drawing: ReactNode;
  readonly label: string;
  readonly isAllowed: boolean;
  readonly hasPicture: boolean;
  readonly onChange: (picture: Blob | undefined) => Promise<void>;
};

/** A picture that can be changed or taken away. */
export function PictureField({ drawing, label, isAllowed, hasPicture, onChange }: Props) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const { isBusy, run } = useAction({ done: "common.saved", special: { INTERNAL: "picture.bad" } });
  return (
    <div className="picture-field" role="group" aria-label={label}>
      {drawing}
      {isAllowed && (
        <div className="picture-verbs">
          <Button icon="image" isBusy={isBusy} onClick={() => input.current?.click()}>
            {t(hasPicture ? "picture.change" : "picture.add")}
          </Button>
          {hasPicture && (
            <Button
              kind="quiet"
              disabled={isBusy}
              onClick={() => run(() => onChange(undefined))}
            >
              {t("picture.remove")}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            accept="image/png,image/jpeg,image/webp,image/gif"
            hidden
            aria-hidden="true"
            tabIndex={-1}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              event.target.value = "";
              if (file !== undefined) run(async () => onChange(await squared(file)));
            }}
          />
        </div>
      )}
    </div>
  );
}
