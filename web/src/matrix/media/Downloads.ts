import { decryptAttachment } from "../../crypto/attachments/attachmentCipher.ts";
import { readEncryptedFile } from "../../crypto/attachments/encryptedFile.ts";
import { CryptoError } from "../../crypto/primitives/CryptoError.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import { parseMediaURI } from "../api/identifiers.ts";
import { Failure, type MediaSource, type MediaURI, type ThumbnailSize } from "../contract.ts";

/** More at once would hold up what is looked at now. */
const maxAtOnce = 6;

/** The sizes that are asked for, so that caches on the way are hit: the next one up is taken. */
const steps = [32, 64, 96, 128, 256, 512, 800, 1280, 1920];

/**
 * Fetches media with the access token, which the address itself never carries.
 *
 * - Spec: GET /_matrix/client/v1/media/download/{serverName}/{mediaId}
 */
export class Downloads {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly server: Homeserver) {}

  /** The newest request goes first: it is what is on the screen now. */
  async fetch(uri: MediaURI, size?: ThumbnailSize): Promise<Blob> {
    const parts = parseMediaURI(uri);
    if (parts === undefined) throw new Failure("NOT_FOUND", "This is no media address.");
    await this.#turn();
    try {
      const { server, mediaID } = parts;
      const response = await this.server.fetch({
        method: "GET",
        path: size === undefined
          ? path`/v1/media/download/${server}/${mediaID}`
          : path`/v1/media/thumbnail/${server}/${mediaID}`,
        query: size === undefined ? {} : {
          width: stepUp(size.width),
          height: stepUp(size.height),
          method: size.method,
          animated: false,
        },
      });
      return harmless(await response.blob());
    } catch (error) {
      throw error instanceof Failure ? error : new Failure("OFFLINE", "The answer broke off.");
    } finally {
      this.#running -= 1;
      this.#waiting.pop()?.();
    }
  }

  /** Fetches an encrypted file and opens it. What it is then is its sender's word. */
  async open(source: MediaSource & { kind: "encrypted" }): Promise<Blob> {
    try {
      const { url, secret } = readEncryptedFile(source.file);
      return await decryptAttachment(await this.fetch(url), secret, harmlessType(source.mimeType));
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new Failure("DAMAGED", "The file is not the one that was sent.");
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= maxAtOnce) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}

export function stepUp(pixels: number): number {
  return steps.find((step) => step >= pixels) ?? steps.at(-1) ?? pixels;
}

/** What a browser draws and does not run. */
const drawn = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|video\/[\w.+-]+|audio\/[\w.+-]+)$/;

/**
 * The same bytes, under a type that can do nothing when its address is opened: a page or a drawing
 * with a script in it would run as a part of this application.
 */
function harmless(blob: Blob): Blob {
  return blob.slice(0, blob.size, harmlessType(blob.type));
}

function harmlessType(type: string): string {
  const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
  return drawn.test(plain) ? plain : "application/octet-stream";
}
