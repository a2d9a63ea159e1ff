import type { ReactNode } from "react";
import { useModal } from "./Dialog.tsx";

type Props = {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A list of verbs that rises from the lower edge, within reach of a thumb. */
export function Sheet({ label, onClose, children }: Props) {
  const ref = useModal(onClose);
  return (
    <dialog
      ref={ref}
      className="sheet"
      aria-label={label}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="sheet-body scrolls">{children}</div>
    </dialog>
  );
}
