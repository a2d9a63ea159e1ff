import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { Icon } from "../../ui/Icon.tsx";

type Props = {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
};

/** Takes files that are dragged onto what is inside. */
export function DropZone({ onFiles, children }: Props) {
  const { t } = useWords();
  const [isOver, setOver] = useState(false);
  // Entering a child leaves its parent, so what is entered is counted.
  const depth = useRef(0);
  const carries = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <div
      className="drop-zone"
      onDragEnter={(event) => {
        if (!carries(event)) return;
        depth.current++;
        setOver(true);
      }}
      onDragLeave={() => {
        depth.current = Math.max(0, depth.current - 1);
        if (depth.current === 0) setOver(false);
      }}
      onDragOver={(event) => carries(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!carries(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {isOver && (
        <div className="drop-veil" aria-hidden="true">
          <Icon name="attach" size="l" />
          <p>{t("composer.drop")}</p>
        </div>
      )}
    </div>
  );
}
