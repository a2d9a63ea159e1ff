import { type MouseEvent, type ReactNode, useRef } from "react";
import { useModal } from "./Dialog.tsx";

type Props = {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/**
 * A list of verbs that rises from the lower edge, within reach of a thumb.
 *
 * It opens under a finger that is still down: what that finger does when it is lifted is no press.
 */
export function Sheet({ label, onClose, children }: Props) {
  const ref = useModal(onClose);
  const isTouched = useRef(false);
  const pressed = (event: MouseEvent) => {
    const isByKeyboard = event.detail === 0;
    if (!isTouched.current && !isByKeyboard) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      className="sheet"
      aria-label={label}
      onPointerDownCapture={() => {
        isTouched.current = true;
      }}
      onClickCapture={pressed}
    >
      <div className="sheet-body scrolls">{children}</div>
    </dialog>
  );
}
