import { optional } from "../api/json.ts";
import type { MediaFacts } from "../sending/fileContent.ts";

/** A file that has not said so much by then is sent without. */
const patienceMS = 3_000;

/** How long a film or a sound is, and how large; which takes an element to find out. */
export async function probeMedia(file: File): Promise<MediaFacts> {
  const kind = /^(video|audio)\//.exec(file.type)?.[1];
  if (kind !== "video" && kind !== "audio") return {};
  const element = document.createElement(kind);
  const url = URL.createObjectURL(file);
  try {
    await new Promise<void>((resolve) => {
      element.onloadedmetadata = () => resolve();
      element.onerror = () => resolve();
      setTimeout(resolve, patienceMS);
      element.preload = "metadata";
      element.src = url;
    });
    const { duration } = element;
    const size = element instanceof HTMLVideoElement && element.videoWidth > 0
      ? { width: element.videoWidth, height: element.videoHeight }
      : {};
    const milliseconds = Number.isFinite(duration) ? Math.round(duration * 1_000) : undefined;
    return { ...size, ...optional("durationMS", milliseconds) };
  } finally {
    element.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}
