import { type KeyboardEvent, useState } from "react";
import type { EventItem, ImageContent } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useSave } from "../../parts/useSave.ts";
import { IconButton } from "../../ui/Button.tsx";
import { useModal } from "../../ui/Dialog.tsx";
import { Waiting } from "../../ui/Feedback.tsx";
import { useStore } from "../../ui/useStore.ts";
import { neighbours, type PictureItem } from "./pictures.ts";

type Props = {
  /** The pictures of the conversation that are loaded, oldest first. */
  readonly pictures: readonly PictureItem[];
  readonly first: EventItem;
  readonly onClose: () => void;
};

/** A picture as large as the screen, and the way to those around it. */
export function MediaViewer({ pictures, first, onClose }: Props) {
  const { t, format } = useWords();
  const ref = useModal(onClose);
  const save = useSave();
  const [key, setKey] = useState(first.key);
  const { current, previous, next } = neighbours(pictures, key);
  if (current === undefined) return null;
  const { content, item } = current;
  const name = content.caption ?? content.fileName;
  const move = (event: KeyboardEvent) => {
    const to = event.key === "ArrowLeft" ? previous : event.key === "ArrowRight" ? next : undefined;
    if (to !== undefined) setKey(to);
  };
  return (
    <dialog ref={ref} className="viewer" aria-label={t("viewer.label", { name })} onKeyDown={move}>
      <header className="viewer-head">
        <div className="viewer-words">
          <p className="viewer-name clipped">
            <bdi>{name}</bdi>
          </p>
          <p className="clipped">
            <bdi>{item.sender.name}</bdi> · {format.full(item.ts)}
          </p>
        </div>
        <IconButton
          icon="download"
          label={t("media.download", { name: content.fileName })}
          tip={t("viewer.download")}
          disabled={save.isBusy}
          onClick={() =>
            save.run(content.source, content.fileName)}
        />
        <IconButton icon="close" label={t("common.close")} onClick={onClose} data-autofocus />
      </header>
      <LargePicture key={key} content={content} name={name} />
      {previous !== undefined && (
        <span className="viewer-previous">
          <IconButton
            icon="chevron-left"
            size="l"
            label={t("viewer.previous")}
            onClick={() => setKey(previous)}
          />
        </span>
      )}
      {next !== undefined && (
        <span className="viewer-next">
          <IconButton
            icon="chevron-right"
            size="l"
            label={t("viewer.next")}
            onClick={() => setKey(next)}
          />
        </span>
      )}
    </dialog>
  );
}

function LargePicture(
  { content, name }: { readonly content: ImageContent; readonly name: string },
) {
  const { t } = useWords();
  const media = useStore(useClient().media.url(content.source));
  const [isLarge, setLarge] = useState(false);
  switch (media.state) {
    case "loading":
      return <Waiting label={t("common.loading")} />;
    case "failed":
      return <p className="viewer-failed" role="alert">{t("media.failed")}</p>;
    case "ready":
      return (
        <div className={isLarge ? "viewer-frame viewer-frame-large" : "viewer-frame"} tabIndex={-1}>
          <button
            type="button"
            className="viewer-zoom"
            aria-pressed={isLarge}
            aria-label={t("viewer.zoom")}
            onClick={() =>
              setLarge(!isLarge)}
          >
            <img src={media.url} alt={name} />
          </button>
        </div>
      );
  }
}
