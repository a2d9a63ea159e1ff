import { encodeBase64 } from "../primitives/base64.ts";
import { type Bytes, concat } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import { sha256 } from "../primitives/hashing.ts";
import { agree, generateX25519, type X25519KeyPair } from "../primitives/x25519.ts";
import { checkAndDecrypt, encryptAndAuthenticate, messageKeys } from "./authenticatedEncryption.ts";
import {
  isOf,
  messageKeyOf,
  nextChainKey,
  type ReceivingChain,
  rootStep,
  type SendingChain,
  take,
} from "./chains.ts";
import {
  messageBytes,
  type NormalMessage,
  type OlmMessage,
  type PreKeyMessage,
  readNormalMessage,
  readPreKeyMessage,
  writeNormalMessage,
  writePreKeyMessage,
} from "./messages.ts";

/** Chains of theirs that are kept; the one that was used first goes first. */
const maxReceivingChains = 5;

/**
 * The double ratchet between two devices, as a value: whatever happens to a message gives a new
 * session beside it, and this one stays as it is.
 *
 * - Before a ciphertext leaves, the session that came with it is stored: the same message key must
 *   never encrypt twice.
 * - The session that came with a plaintext is stored together with what the plaintext said.
 * - One thing at a time happens to a session: the caller lets the others wait.
 *
 * - Spec: [The Olm protocol](https://spec.matrix.org/v1.19/olm-megolm/olm/#the-olm-protocol)
 */
export type Session = {
  /** What both ends name it, in Base64: the same for the same three keys. */
  readonly id: string;
  readonly theirIdentityKey: Bytes;
  /** What began it. Told in every message until they answer. */
  readonly opening: {
    readonly identityKey: Bytes;
    readonly baseKey: Bytes;
    readonly oneTimeKey: Bytes;
  };
  /** Whether they answered, so that normal messages will do. */
  readonly isEstablished: boolean;
  readonly rootKey: Bytes;
  /** None when theirs came last: the next message begins one, with a new ratchet key. */
  readonly sending?: SendingChain;
  /** The newest last. */
  readonly receiving: readonly ReceivingChain[];
};

/**
 * Begins a session with a device of which a one-time or fallback key was claimed.
 *
 * - Throws: `BAD_KEY` when one of theirs is none.
 */
export async function openSession(
  ours: X25519KeyPair,
  theirIdentityKey: Bytes,
  theirOneTimeKey: Bytes,
): Promise<Session> {
  const [base, ratchetKey] = await Promise.all([generateX25519(), generateX25519()]);
  const shared = await Promise.all([
    agree(ours.privateKey, theirOneTimeKey),
    agree(base.privateKey, theirIdentityKey),
    agree(base.privateKey, theirOneTimeKey),
  ]);
  const { rootKey, chainKey } = await rootStep(concat(...shared), "OLM_ROOT");
  const opening = {
    identityKey: ours.publicKey,
    baseKey: base.publicKey,
    oneTimeKey: theirOneTimeKey,
  };
  return {
    id: await sessionIDOf(opening),
    theirIdentityKey,
    opening,
    isEstablished: false,
    rootKey,
    sending: { ratchetKey, chainKey, index: 0 },
    receiving: [],
  };
}

/**
 * The session that a pre-key message begins, with what it says.
 *
 * The caller has checked that `identityKey` of the message is the sender's, and deletes the
 * one-time key (not a fallback key) in the transaction that stores the session.
 *
 * - Parameter oneTimeKey: Ours, the one that the message names.
 * - Throws: `BAD_KEY`, `BAD_MAC`, `BAD_FORMAT`, `TOO_FAR`.
 */
export async function acceptSession(
  ours: X25519KeyPair,
  oneTimeKey: CryptoKey,
  opening: PreKeyMessage,
): Promise<Decrypted> {
  const shared = await Promise.all([
    agree(oneTimeKey, opening.identityKey),
    agree(ours.privateKey, opening.baseKey),
    agree(oneTimeKey, opening.baseKey),
  ]);
  const { rootKey, chainKey } = await rootStep(concat(...shared), "OLM_ROOT");
  const first = { ratchetKey: opening.message.ratchetKey, chainKey, index: 0, skipped: [] };
  return await decryptNormal({
    id: await sessionIDOf(opening),
    theirIdentityKey: opening.identityKey,
    opening: {
      identityKey: opening.identityKey,
      baseKey: opening.baseKey,
      oneTimeKey: opening.oneTimeKey,
    },
    isEstablished: true,
    rootKey,
    receiving: [first],
  }, opening.message);
}

/** Store `session` before `message` leaves. */
export type Encrypted = { readonly message: OlmMessage; readonly session: Session };

/** Store `session` with whatever `plaintext` brings. */
export type Decrypted = { readonly plaintext: Bytes; readonly session: Session };

/** - Throws: `BAD_KEY` when their ratchet key is none. */
export async function encrypt(session: Session, plaintext: Bytes): Promise<Encrypted> {
  const { rootKey, sending } = await sendingChain(session);
  const keys = await messageKeys(messageKeyOf(sending.chainKey), "OLM_KEYS");
  const normal = await encryptAndAuthenticate(
    keys,
    plaintext,
    (ciphertext) => writeNormalMessage(sending.ratchetKey.publicKey, sending.index, ciphertext),
  );
  const advanced = {
    ...sending,
    chainKey: nextChainKey(sending.chainKey),
    index: sending.index + 1,
  };
  return {
    message: session.isEstablished
      ? { type: 1, body: encodeBase64(normal) }
      : { type: 0, body: encodeBase64(writePreKeyMessage(session.opening, normal)) },
    session: { ...session, rootKey, sending: advanced },
  };
}

/**
 * - Throws: `TOO_LARGE`, `BAD_FORMAT`, `BAD_VERSION`, `BAD_MAC`, `BAD_KEY`, `USED_UP`, `TOO_FAR`;
 *   the session is then as before.
 */
export async function decrypt(session: Session, message: OlmMessage): Promise<Decrypted> {
  const bytes = messageBytes(message.body);
  if (message.type === 1) return await decryptNormal(session, readNormalMessage(bytes));
  const opening = readPreKeyMessage(bytes);
  if (await sessionIDOf(opening) !== session.id) {
    throw new CryptoError("BAD_MAC", "a message that begins another session");
  }
  return await decryptNormal(session, opening.message);
}

/** The ID of the session that a pre-key message begins or belongs to. */
export async function sessionIDOf(opening: Session["opening"]): Promise<string> {
  const keys = concat(opening.identityKey, opening.baseKey, opening.oneTimeKey);
  return encodeBase64(await sha256(keys));
}

async function sendingChain(
  session: Session,
): Promise<{ readonly rootKey: Bytes; readonly sending: SendingChain }> {
  if (session.sending !== undefined) return { rootKey: session.rootKey, sending: session.sending };
  const theirs = session.receiving.at(-1);
  if (theirs === undefined) throw new Error("a session has a chain of ours or of theirs");
  const ratchetKey = await generateX25519();
  const secret = await agree(ratchetKey.privateKey, theirs.ratchetKey);
  const { rootKey, chainKey } = await rootStep(secret, "OLM_RATCHET", session.rootKey);
  return { rootKey, sending: { ratchetKey, chainKey, index: 0 } };
}

async function decryptNormal(session: Session, message: NormalMessage): Promise<Decrypted> {
  const known = session.receiving.findIndex(isOf(message.ratchetKey));
  const chain = session.receiving[known];
  if (chain !== undefined) {
    const taken = take(chain, message.chainIndex);
    const plaintext = await open(taken.messageKey, message);
    const receiving = session.receiving.with(known, taken.chain);
    return { plaintext, session: { ...session, isEstablished: true, receiving } };
  }
  // A new ratchet key of theirs answers ours. Where we have sent nothing since their last one,
  // they cannot have made another.
  if (session.sending === undefined) throw new CryptoError("BAD_MAC", "an unknown ratchet key");
  const secret = await agree(session.sending.ratchetKey.privateKey, message.ratchetKey);
  const { rootKey, chainKey } = await rootStep(secret, "OLM_RATCHET", session.rootKey);
  const begun = { ratchetKey: message.ratchetKey, chainKey, index: 0, skipped: [] };
  const taken = take(begun, message.chainIndex);
  const plaintext = await open(taken.messageKey, message);
  const { sending: _, ...rest } = session;
  const receiving = [...session.receiving, taken.chain].slice(-maxReceivingChains);
  return { plaintext, session: { ...rest, isEstablished: true, rootKey, receiving } };
}

async function open(messageKey: Bytes, message: NormalMessage): Promise<Bytes> {
  const keys = await messageKeys(messageKey, "OLM_KEYS");
  return await checkAndDecrypt(keys, message.authenticated, message.mac, message.ciphertext);
}
