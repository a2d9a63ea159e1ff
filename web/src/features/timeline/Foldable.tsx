import { type ReactNode, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { Button } from "../../ui/Button.tsx";

/** From here on a text is folded, so that one message never fills the screen by itself. */
const LONG = { length: 2500, lines: 40 } as const;

type Props = {
  readonly length: number;
  readonly lines: number;
  readonly children: ReactNode;
};

/** Folds what is very long, behind « Tout afficher ». */
export function Foldable({ length, lines, children }: Props) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  if (length < LONG.length && lines < LONG.lines) return <>{children}</>;
  return (
    <div className={isOpen ? "foldable" : "foldable foldable-shut"}>
      <div className="foldable-body">{children}</div>
      <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? "message.fold" : "message.unfold")}
      </Button>
    </div>
  );
}
