import { type MouseEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef } from "react";
import { IconButton } from "./Button.tsx";

type Props = {
  readonly title: string;
  readonly closeLabel: string;
  readonly size?: "s" | "m" | "l" | undefined;
  /** A line below the title. */
  readonly subtitle?: ReactNode;
  /** Buttons at the bottom, the main one last. */
  readonly footer?: ReactNode;
  readonly onClose: () => void;
  readonly children?: ReactNode;
};

/**
 * A window above the page, which has to be answered or closed before going on.
 *
 * The browser keeps the focus inside, and gives it back to where it was. What bears
 * `data-autofocus` has it first.
 */
export function Dialog(
  { title, closeLabel, size = "m", subtitle, footer, onClose, children }: Props,
) {
  const id = useId();
  const ref = useModal(onClose);
  return (
    <dialog
      ref={ref}
      className={`dialog dialog-${size}`}
      aria-labelledby={id}
      onMouseDown={(event) => closeFromOutside(event, onClose)}
    >
      <div className="dialog-frame">
        <header className="dialog-head">
          <div className="dialog-titles">
            <h2 id={id} className="dialog-title">{title}</h2>
            {subtitle !== undefined && <p className="dialog-subtitle">{subtitle}</p>}
          </div>
          <IconButton icon="close" label={closeLabel} onClick={onClose} />
        </header>
        <div className="dialog-body scrolls">{children}</div>
        {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}

/** Makes a `<dialog>` modal while it is drawn; Esc and the phone's back gesture call `onClose`. */
export function useModal(onClose: () => void): React.RefObject<HTMLDialogElement> {
  const ref = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const cancel = (event: Event) => {
      event.preventDefault();
      close.current();
    };
    dialog.addEventListener("cancel", cancel);
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog.removeEventListener("cancel", cancel);
      dialog.close();
    };
  }, []);
  return ref;
}

function closeFromOutside(event: MouseEvent<HTMLDialogElement>, onClose: () => void): void {
  if (event.target === event.currentTarget) onClose();
}
