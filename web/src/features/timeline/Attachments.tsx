import { useState } from "react";
import type {
  AudioContent,
  EventItem,
  FileContent,
  ImageContent,
  MediaSource,
  ThumbnailSize,
  VideoContent,
} from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useSave } from "../../parts/useSave.ts";
import { IconButton } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { useTimeline } from "./TimelineContext.ts";
import { maxPicture, pictureSize } from "./TimelineRows.ts";

/** Thumbnails are asked for in one size, at twice the resolution, so that they are shared. */
const thumbnail: ThumbnailSize = {
  width: maxPicture.width * 2,
  height: maxPicture.height * 2,
  method: "scale",
};

type PictureProps = { readonly item: EventItem; readonly content: ImageContent };

/** A picture at its final size from the start, which opens large. */
export function Picture({ item, content }: PictureProps) {
  const { t } = useWords();
  const { openMedia } = useTimeline();
  const source = content.thumbnail ?? content.source;
  const media = useStore(useClient().media.url(source, sizeFor(source)));
  const size = pictureSize(content.width, content.height);
  const name = content.caption ?? content.fileName;
  return (
    <button
      type="button"
      className="picture"
      style={{ width: size.width, aspectRatio: `${size.width} / ${size.height}` }}
      aria-label={t("media.open", { name })}
      onClick={() => openMedia(item)}
    >
      {media.state === "ready" && <img src={media.url} alt="" decoding="async" />}
      {media.state === "failed" && (
        <span className="picture-failed">
          <Icon name="image" />
          {t("media.failed")}
        </span>
      )}
    </button>
  );
}

/** The server makes thumbnails of what it has, and can read. */
function sizeFor(source: MediaSource): ThumbnailSize | undefined {
  return source.kind === "mxc" ? thumbnail : undefined;
}

/** A file, with what one wants to know before fetching it. */
export function FileCard({ content }: { readonly content: FileContent }) {
  const { t, format } = useWords();
  const save = useSave();
  const size = content.sizeBytes === undefined ? "" : format.size(content.sizeBytes);
  return (
    <div className="file-card">
      <span className="file-drawing">
        <Icon name="file" />
      </span>
      <div className="file-words">
        <bdi className="file-name">{content.fileName}</bdi>
        <span className="file-size">{size}</span>
      </div>
      <IconButton
        icon="download"
        label={t("media.download", { name: content.fileName })}
        disabled={save.isBusy}
        onClick={() => save.run(content.source, content.fileName)}
      />
    </div>
  );
}

/** A sound; fetched when it is asked for. */
export function AudioCard({ content }: { readonly content: AudioContent }) {
  const { t, format } = useWords();
  const [isWanted, setWanted] = useState(false);
  const name = content.isVoice ? t("media.voice") : content.fileName;
  if (isWanted) return <Player kind="audio" source={content.source} label={name} />;
  return (
    <div className="file-card">
      <button
        type="button"
        className="play"
        aria-label={t("media.play", { name })}
        onClick={() => setWanted(true)}
      >
        <PlayDrawing />
      </button>
      <div className="file-words">
        <bdi className="file-name">{name}</bdi>
        <span className="file-size">
          {content.durationMS === undefined ? "" : format.duration(content.durationMS)}
        </span>
      </div>
    </div>
  );
}

/** A film; fetched when it is asked for. */
export function VideoCard({ content }: { readonly content: VideoContent }) {
  const { t } = useWords();
  const [isWanted, setWanted] = useState(false);
  const size = pictureSize(content.width, content.height);
  const style = { width: size.width, aspectRatio: `${size.width} / ${size.height}` };
  if (isWanted) {
    return (
      <div className="picture" style={style}>
        <Player kind="video" source={content.source} label={content.fileName} />
      </div>
    );
  }
  return (
    <button
      type="button"
      className="picture"
      style={style}
      aria-label={t("media.play", { name: content.caption ?? content.fileName })}
      onClick={() => setWanted(true)}
    >
      {content.thumbnail && <Poster source={content.thumbnail} />}
      <span className="play play-large">
        <PlayDrawing />
      </span>
    </button>
  );
}

function Poster({ source }: { readonly source: MediaSource }) {
  const media = useStore(useClient().media.url(source, sizeFor(source)));
  return media.state === "ready" ? <img src={media.url} alt="" decoding="async" /> : null;
}

type PlayerProps = {
  readonly kind: "audio" | "video";
  readonly source: MediaSource;
  readonly label: string;
};

function Player({ kind, source, label }: PlayerProps) {
  const { t } = useWords();
  const media = useStore(useClient().media.url(source));
  if (media.state === "failed") return <p className="picture-failed">{t("media.failed")}</p>;
  if (media.state === "loading") return <span className="spinner" role="img" aria-label={label} />;
  return kind === "audio"
    ? <audio className="player" src={media.url} controls autoPlay aria-label={label} />
    : <video className="player" src={media.url} controls autoPlay playsInline aria-label={label} />;
}

function PlayDrawing() {
  return (
    <svg className="icon" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      <path d="M8 5.5v13a1 1 0 0 0 1.5.86l10.5-6.5a1 1 0 0 0 0-1.72L9.5 4.64A1 1 0 0 0 8 5.5Z" />
    </svg>
  );
}
