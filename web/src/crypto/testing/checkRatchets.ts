import { assert } from "../../platform/assert.ts";
import { field, stringIn } from "../../platform/json.ts";
import { readGroupMessage } from "../megolm/messages.ts";
import { messageBytes, readNormalMessage, readPreKeyMessage } from "../olm/messages.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import type { MemoryHomeserver } from "./MemoryHomeserver.ts";

/** Fails if, in all that the server has seen, one key encrypted two different messages. */
export function checkRatchets(server: MemoryHomeserver): void {
  const used = new Map<string, string>();
  const use = (key: string, body: string) => {
    assert((used.get(key) ?? body) === body, `a ratchet was used twice: ${key}`);
    used.set(key, body);
  };
  for (const event of server.events) {
    const body = stringIn(event.content, "ciphertext");
    if (body === undefined) continue;
    use(`${stringIn(event.content, "session_id")} ${readGroupMessage(body).index}`, body);
  }
  for (const { content } of server.sent) {
    for (const message of Object.values(field(content, "ciphertext") ?? {})) {
      const body = stringIn(message, "body") ?? "";
      const bytes = messageBytes(body);
      const { ratchetKey, chainIndex } = field(message, "type") === 0
        ? readPreKeyMessage(bytes).message
        : readNormalMessage(bytes);
      use(`${encodeBase64(ratchetKey)} ${chainIndex}`, body);
    }
  }
}
