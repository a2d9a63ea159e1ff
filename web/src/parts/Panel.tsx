import { type ReactNode, useEffect, useId, useRef } from "react";
import { useWords } from "../locales/Words.tsx";
import { IconButton } from "../ui/Button.tsx";

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  /** To the panel before this one. */
  readonly onBack?: (() => void) | undefined;
  readonly children: ReactNode;
};

/** What stands at the right of a room; on smaller screens, in its place. Esc closes it. */
export function Panel({ title, onClose, onBack, children }: Props) {
  const { t } = useWords();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const panel = heading.current?.closest("aside");
    // What is in it may have taken the focus already.
    if (!panel?.contains(document.activeElement)) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <aside
      className="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header className="panel-head">
        {onBack && <IconButton icon="back" label={t("common.back")} onClick={onBack} />}
        <h2 ref={heading} id={id} className="panel-title" tabIndex={-1}>{title}</h2>
        <IconButton icon="close" label={t("common.close")} onClick={onClose} />
      </header>
      <div className="panel-body scrolls">{children}</div>
    </aside>
  );
}
