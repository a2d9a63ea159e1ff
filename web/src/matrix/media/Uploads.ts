import { asMediaURI } from "../api/identifiers.ts";
import { failureOf, type Homeserver, isUnknownToken, type Tokens } from "../api/Homeserver.ts";
import { field } from "../api/json.ts";
import { Failure, type MediaURI } from "../contract.ts";

/** `progress` in 0...1. */
export type Progress = (progress: number) => void;

export interface Uploads {
  /** - Throws: `Failure`; `CANCELLED` when `signal` aborts. */
  upload(file: Blob, name: string, onProgress: Progress, signal: AbortSignal): Promise<MediaURI>;
}

/**
 * Uploads by `XMLHttpRequest`, which alone tells how far it is, in every browser.
 *
 * - Spec: POST /_matrix/media/v3/upload
 */
export class XHRUploads implements Uploads {
  constructor(private readonly server: Homeserver, private readonly tokens: Tokens) {}

  async upload(
    file: Blob,
    name: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<MediaURI> {
    const token = await this.tokens.current();
    let answer: string;
    try {
      answer = await this.#once(file, name, onProgress, signal, token);
    } catch (error) {
      if (!isUnknownToken(error)) throw error;
      const next = await this.tokens.afterRefusal(token, error);
      answer = await this.#once(file, name, onProgress, signal, next);
    }
    const uri = asMediaURI(field(parse(answer), "content_uri"));
    if (uri === undefined) throw new Failure("BAD_ANSWER", "The upload has no address.");
    return uri;
  }

  #once(
    file: Blob,
    name: string,
    onProgress: Progress,
    signal: AbortSignal,
    token: string,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled());
      const request = new XMLHttpRequest();
      const url = new URL(this.server.baseURL + "/_matrix/media/v3/upload");
      url.searchParams.set("filename", name);
      request.open("POST", url);
      request.setRequestHeader("Authorization", `Bearer ${token}`);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
      const stop = () => request.abort();
      signal.addEventListener("abort", stop, { once: true });
      request.onloadend = () => signal.removeEventListener("abort", stop);
      request.onabort = () => reject(cancelled());
      request.onerror = () => reject(new Failure("OFFLINE", "The server does not answer."));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) return resolve(request.responseText);
        const { status, responseText } = request;
        const retryAfter = request.getResponseHeader("Retry-After");
        const headers = retryAfter === null ? {} : { "Retry-After": retryAfter };
        failureOf(new Response(responseText, { status: Math.max(status, 200), headers }))
          .then(reject, reject);
      };
      request.send(file);
    });
  }
}

function cancelled(): Failure {
  return new Failure("CANCELLED", "Taken back.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
