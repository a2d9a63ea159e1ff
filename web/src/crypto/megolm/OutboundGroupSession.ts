import { encryptAndAuthenticate, messageKeys } from "../olm/authenticatedEncryption.ts";
import { seal, unseal } from "../primitives/aes.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat, encodeUTF8 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { type Ed25519KeyPair, generateEd25519, sign } from "../primitives/ed25519.ts";
import { writeGroupMessage } from "./messages.ts";
import { newRatchet, type Ratchet, wind } from "./Ratchet.ts";
import { type SessionKey, writeSharedKey } from "./sessionKey.ts";

/**
 * A session that this device writes with, as a value: encrypting gives the advanced one beside it.
 *
 * Before a ciphertext leaves, the session that came with it is stored: the same keys must never
 * encrypt twice. One thing at a time happens to a session.
 *
 * - Spec: [Message encryption](https://spec.matrix.org/v1.19/olm-megolm/megolm/#message-encryption)
 */
export type OutboundGroupSession = {
  /** The public signing key, in unpadded Base64. */
  readonly id: string;
  readonly signing: Ed25519KeyPair;
  /** Of the next message. */
  readonly ratchet: Ratchet;
};

export async function openGroupSession(): Promise<OutboundGroupSession> {
  const signing = await generateEd25519();
  return { id: encodeBase64(signing.publicKey), signing, ratchet: newRatchet() };
}

export type GroupEncrypted = {
  /** Unpadded Base64. */
  readonly message: string;
  readonly index: number;
  /** Store this before `message` leaves. */
  readonly session: OutboundGroupSession;
};

/** - Throws: `TOO_FAR` after 2^32 − 1 messages. */
export async function encryptForGroup(
  session: OutboundGroupSession,
  plaintext: Bytes,
): Promise<GroupEncrypted> {
  const { ratchet, signing } = session;
  if (ratchet.index >= 2 ** 32 - 1) throw new CryptoError("TOO_FAR", "the session is used up");
  const keys = await messageKeys(ratchet.parts, "MEGOLM_KEYS");
  const message = await encryptAndAuthenticate(
    keys,
    plaintext,
    (ciphertext) => writeGroupMessage(ratchet.index, ciphertext),
  );
  const signature = await sign(signing.privateKey, message);
  return {
    message: encodeBase64(concat(message, signature)),
    index: ratchet.index,
    session: { ...session, ratchet: wind(ratchet, ratchet.index + 1) },
  };
}

/** The `session_key` of `m.room_key`: reads everything from the next message on, nothing before. */
export function sharedKeyOf(session: OutboundGroupSession): Promise<string> {
  return writeSharedKey(session.ratchet, session.signing);
}

/** For this device itself, which reads its own messages like those of others. */
export function sessionKeyOf(session: OutboundGroupSession): SessionKey {
  return { ratchet: session.ratchet, signingKey: session.signing.publicKey };
}

/** As the database keeps it: the signing key cannot leave, the ratchet is sealed. */
export type StoredOutboundGroupSession = {
  readonly id: string;
  readonly signing: Ed25519KeyPair;
  readonly index: number;
  readonly parts: Bytes;
};

/** - Parameter key: By `generateSealingKey`. */
export async function storeOutbound(
  { id, signing, ratchet }: OutboundGroupSession,
  key: CryptoKey,
): Promise<StoredOutboundGroupSession> {
  const parts = await seal(key, ratchet.parts, place(id, ratchet.index));
  return { id, signing, index: ratchet.index, parts };
}

/** - Throws: `BAD_MAC` when the record is damaged, or sealed under another key. */
export async function restoreOutbound(
  { id, signing, index, parts }: StoredOutboundGroupSession,
  key: CryptoKey,
): Promise<OutboundGroupSession> {
  return { id, signing, ratchet: { index, parts: await unseal(key, parts, place(id, index)) } };
}

function place(id: string, index: number): Bytes {
  return encodeUTF8(`outbound megolm session ${id} at ${index}`);
}
