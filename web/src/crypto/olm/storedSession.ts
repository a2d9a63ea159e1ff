import { seal, unseal } from "../primitives/aes.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat, encodeUTF8, noBytes } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { X25519KeyPair } from "../primitives/x25519.ts";
import type { ReceivingChain, SendingChain, SkippedKey } from "./chains.ts";
import type { Session } from "./Session.ts";

/**
 * A session as the database keeps it: what is public as it is, the ratchet key as a key that
 * cannot leave, and all other secrets sealed.
 */
export type StoredSession = {
  readonly id: string;
  /** In Base64: what sessions are looked up by. */
  readonly theirIdentityKey: string;
  readonly opening: Session["opening"] & { readonly theirs: Bytes };
  readonly isEstablished: boolean;
  readonly sending?: { readonly ratchetKey: X25519KeyPair; readonly index: number };
  readonly receiving: readonly {
    readonly ratchetKey: Bytes;
    readonly index: number;
    readonly skipped: readonly number[];
  }[];
  /**
   * 32 bytes each: the root key, the key of the sending chain, then for each receiving chain its
   * own key and those that were skipped.
   */
  readonly secrets: Bytes;
};

/** - Parameter key: By `generateSealingKey`. */
export async function storeSession(session: Session, key: CryptoKey): Promise<StoredSession> {
  const secrets = concat(
    session.rootKey,
    session.sending?.chainKey ?? noBytes,
    ...session.receiving.flatMap((chain) => [
      chain.chainKey,
      ...chain.skipped.map((skipped) => skipped.messageKey),
    ]),
  );
  return {
    id: session.id,
    theirIdentityKey: encodeBase64(session.theirIdentityKey),
    opening: { ...session.opening, theirs: session.theirIdentityKey },
    isEstablished: session.isEstablished,
    ...(session.sending === undefined ? {} : {
      sending: { ratchetKey: session.sending.ratchetKey, index: session.sending.index },
    }),
    receiving: session.receiving.map((chain) => ({
      ratchetKey: chain.ratchetKey,
      index: chain.index,
      skipped: chain.skipped.map((skipped) => skipped.index),
    })),
    secrets: await seal(key, secrets, place(session.id)),
  };
}

/** - Throws: `BAD_MAC` when the record is damaged, or sealed under another key. */
export async function restoreSession(stored: StoredSession, key: CryptoKey): Promise<Session> {
  const secrets = await unseal(key, stored.secrets, place(stored.id));
  let offset = 0;
  const next = (): Bytes => {
    offset += 32;
    if (offset > secrets.length) throw new CryptoError("BAD_MAC", "secrets are missing");
    return secrets.slice(offset - 32, offset);
  };
  const rootKey = next();
  const sending: SendingChain | undefined = stored.sending &&
    { ...stored.sending, chainKey: next() };
  const receiving = stored.receiving.map((chain): ReceivingChain => {
    const chainKey = next();
    const skipped = chain.skipped.map((index): SkippedKey => ({ index, messageKey: next() }));
    return { ratchetKey: chain.ratchetKey, chainKey, index: chain.index, skipped };
  });
  const { theirs, ...opening } = stored.opening;
  return {
    id: stored.id,
    theirIdentityKey: theirs,
    opening,
    isEstablished: stored.isEstablished,
    rootKey,
    ...(sending === undefined ? {} : { sending }),
    receiving,
  };
}

function place(id: string): Bytes {
  return encodeUTF8(`olm session ${id}`);
}
