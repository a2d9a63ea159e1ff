import { checkAndDecrypt, messageKeys } from "../olm/authenticatedEncryption.ts";
import { seal, unseal } from "../primitives/aes.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, encodeUTF8 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { importEd25519Public, isSignedBy } from "../primitives/ed25519.ts";
import { readGroupMessage } from "./messages.ts";
import { type Ratchet, wind } from "./Ratchet.ts";
import { type SessionKey, writeExportedKey } from "./sessionKey.ts";

export type GroupDecrypted = {
  readonly plaintext: Bytes;
  /** A second event with the same index is a replay; the caller remembers which event had it. */
  readonly index: number;
};

/**
 * A session that this device reads, from its first known index on. It says the same however often
 * it is asked, and in any order: what changes inside is a memory of how far the ratchet was wound.
 *
 * - Spec: [The Megolm protocol](https://spec.matrix.org/v1.19/olm-megolm/megolm/#the-megolm-protocol)
 */
export class InboundGroupSession {
  /** The public signing key, in unpadded Base64. */
  readonly id: string;
  #latest: Ratchet;

  private constructor(readonly key: SessionKey, private readonly verifier: CryptoKey) {
    this.id = encodeBase64(key.signingKey);
    this.#latest = key.ratchet;
  }

  /** - Throws: `BAD_KEY` when the signing key is none. */
  static async of(key: SessionKey): Promise<InboundGroupSession> {
    return new InboundGroupSession(key, await importEd25519Public(key.signingKey));
  }

  get firstIndex(): number {
    return this.key.ratchet.index;
  }

  /**
   * - Parameter body: Unpadded Base64, as it stands in an event.
   * - Throws: `TOO_LARGE`, `BAD_FORMAT`, `BAD_VERSION`, `UNKNOWN_INDEX`, `BAD_SIGNATURE`, `BAD_MAC`.
   */
  async decrypt(body: string): Promise<GroupDecrypted> {
    const message = readGroupMessage(body);
    const ratchet = this.#at(message.index);
    const [isSigned, keys] = await Promise.all([
      isSignedBy(this.verifier, message.signed, message.signature),
      messageKeys(ratchet.parts, "MEGOLM_KEYS"),
    ]);
    if (!isSigned) throw new CryptoError("BAD_SIGNATURE", "not signed by its session");
    const { authenticated, mac, ciphertext } = message;
    const plaintext = await checkAndDecrypt(keys, authenticated, mac, ciphertext);
    // Only now: an index that somebody made up must not make the reading of all others slow.
    if (ratchet.index > this.#latest.index) this.#latest = ratchet;
    return { plaintext, index: message.index };
  }

  /**
   * The key from `index` on, for forwarding, backup and export.
   *
   * - Throws: `UNKNOWN_INDEX` when it lies before the first known one.
   */
  exportedKey(index: number = this.firstIndex): string {
    return writeExportedKey({ ratchet: this.#at(index), signingKey: this.key.signingKey });
  }

  /**
   * Whether both are the same session, so that the one that begins earlier can stand for both:
   * the earlier ratchet leads to the later one.
   */
  isSameAs(other: InboundGroupSession): boolean {
    if (this.id !== other.id) return false;
    const index = Math.max(this.firstIndex, other.firstIndex);
    return this.exportedKey(index) === other.exportedKey(index);
  }

  #at(index: number): Ratchet {
    return wind(index < this.#latest.index ? this.key.ratchet : this.#latest, index);
  }
}

/** As the database keeps it. */
export type StoredInboundGroupSession = {
  readonly id: string;
  readonly signingKey: Bytes;
  readonly firstIndex: number;
  /** Sealed. */
  readonly parts: Bytes;
};

/** - Parameter key: By `generateSealingKey`. */
export async function storeInbound(
  { ratchet, signingKey }: SessionKey,
  key: CryptoKey,
): Promise<StoredInboundGroupSession> {
  const id = encodeBase64(signingKey);
  const parts = await seal(key, ratchet.parts, place(id, ratchet.index));
  return { id, signingKey, firstIndex: ratchet.index, parts };
}

/** - Throws: `BAD_MAC` when the record is damaged, or sealed under another key. */
export async function restoreInbound(
  { id, signingKey, firstIndex, parts }: StoredInboundGroupSession,
  key: CryptoKey,
): Promise<InboundGroupSession> {
  const ratchet = { index: firstIndex, parts: await unseal(key, parts, place(id, firstIndex)) };
  return await InboundGroupSession.of({ ratchet, signingKey });
}

function place(id: string, index: number): Bytes {
  return encodeUTF8(`inbound megolm session ${id} from ${index}`);
}
