import { type JsonObject, optional } from "../api/json.ts";
import { headBytes, imageSize } from "../media/imageSize.ts";
import { cleanFileName } from "../rooms/names.ts";
import { replyRelation, type ReplyTarget } from "./textContent.ts";

/** What only the tab could find out, with the DOM's help. */
export type MediaFacts = {
  readonly width?: number;
  readonly height?: number;
  readonly durationMS?: number;
};

/**
 * The content of the message for a file, but for its `url`.
 *
 * - Spec: m.image, m.video, m.audio, m.file; Media captions
 */
export async function fileContent(
  file: Blob,
  name: string,
  facts: MediaFacts,
  caption?: string,
  replyTo?: ReplyTarget,
): Promise<JsonObject> {
  const kind = kindOf(file.type);
  const head = kind === "m.image"
    ? new Uint8Array(await file.slice(0, headBytes).arrayBuffer())
    : undefined;
  const size = head === undefined ? facts : imageSize(head) ?? facts;
  const filename = cleanFileName(name) || "fichier";
  const text = caption?.trim() ?? "";
  return {
    msgtype: kind,
    body: text === "" ? filename : text,
    filename,
    info: {
      mimetype: file.type === "" ? "application/octet-stream" : file.type,
      size: file.size,
      ...optional("w", size.width),
      ...optional("h", size.height),
      ...optional("duration", facts.durationMS),
    },
    "m.mentions": {},
    ...optional("m.relates_to", replyTo && replyRelation(replyTo)),
  };
}

/** SVG is a program as much as a picture: it travels as a file. */
function kindOf(type: string): "m.image" | "m.video" | "m.audio" | "m.file" {
  if (type === "image/svg+xml") return "m.file";
  if (type.startsWith("image/")) return "m.image";
  if (type.startsWith("video/")) return "m.video";
  return type.startsWith("audio/") ? "m.audio" : "m.file";
}
