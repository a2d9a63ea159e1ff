import { asRoomID } from "../../matrix/api/identifiers.ts";
import { asObject, booleanIn, field, objectIn, stringIn, stringsIn } from "../../platform/json.ts";
import type { RoomID } from "../../matrix/contract.ts";
import { decodeBase64, decodeBase64Exactly, encodeBase64 } from "../primitives/base64.ts";
import { decodeUInt32 } from "../primitives/bytes.ts";
import { CryptoError } from "../primitives/CryptoError.ts";

/**
 * A Megolm session as backups, export files and key bundles carry it. Who sent it is what the
 * carrier says, and is worth as much as the carrier.
 *
 * - Spec: [Key exports](https://spec.matrix.org/v1.19/client-server-api/#key-exports)
 */
export type ExportedSession = {
  readonly roomID: RoomID;
  /** The session's own Ed25519 key in Base64. */
  readonly sessionID: string;
  /** In session-export format, in Base64. */
  readonly sessionKey: string;
  /** The first message that it can read. */
  readonly firstIndex: number;
  /** The sending device's keys in Base64: Curve25519, and the Ed25519 that it claims. */
  readonly senderKey: string;
  readonly senderClaimedEd25519?: string;
  /** Curve25519 keys of those who passed it on. */
  readonly forwardingChain: readonly string[];
  /** Whether it may be shown to those who join later. */
  readonly isShareable: boolean;
};

export const megolmAlgorithm = "m.megolm.v1.aes-sha2";

/** Version, index, ratchet, public key. */
const exportBytes = 1 + 4 + 128 + 32;
const exportVersion = 1;
/** A session that went through more hands is not worth having. */
const maxForwards = 50;

/** What is encrypted for the backup. The room and the session's ID stand around it. */
export function writeSessionData(session: ExportedSession) {
  return {
    algorithm: megolmAlgorithm,
    sender_key: session.senderKey,
    sender_claimed_keys: session.senderClaimedEd25519 === undefined
      ? {}
      : { ed25519: session.senderClaimedEd25519 },
    forwarding_curve25519_key_chain: session.forwardingChain,
    session_key: session.sessionKey,
    shared_history: session.isShareable,
  };
}

/** What an export file holds of it. */
export function writeExportedSession(session: ExportedSession) {
  return {
    ...writeSessionData(session),
    room_id: session.roomID,
    session_id: session.sessionID,
  };
}

/**
 * Reads what a backup held under that room and ID. The session must be the one of that ID: its
 * public key is in it.
 *
 * - Throws: `BAD_FORMAT`, `BAD_VERSION`.
 */
export function readSessionData(
  roomID: RoomID,
  sessionID: string,
  value: unknown,
): ExportedSession {
  const senderKey = keyText(stringIn(value, "sender_key"));
  const sessionKey = stringIn(value, "session_key");
  const forwardingChain = stringsIn(value, "forwarding_curve25519_key_chain");
  const isKnown = stringIn(value, "algorithm") === megolmAlgorithm;
  if (!isKnown) throw new CryptoError("BAD_VERSION", "a session of another algorithm");
  const isWhole = asObject(value) !== undefined && sessionKey !== undefined &&
    senderKey !== undefined && forwardingChain.length <= maxForwards;
  if (!isWhole || sessionKey.length > exportBytes * 2) {
    throw new CryptoError("BAD_FORMAT", "an incomplete session");
  }
  const bytes = decodeBase64(sessionKey);
  if (bytes.length !== exportBytes || bytes[0] !== exportVersion) {
    throw new CryptoError("BAD_FORMAT", "not a session in export format");
  }
  if (encodeBase64(bytes.subarray(-32)) !== sessionID) {
    throw new CryptoError("BAD_FORMAT", "a session under another's ID");
  }
  const claimed = keyText(stringIn(objectIn(value, "sender_claimed_keys"), "ed25519"));
  return {
    roomID,
    sessionID,
    sessionKey,
    firstIndex: decodeUInt32(bytes, 1),
    senderKey,
    ...(claimed === undefined ? {} : { senderClaimedEd25519: claimed }),
    forwardingChain: forwardingChain.map((text) => {
      const key = keyText(text);
      if (key === undefined) throw new CryptoError("BAD_FORMAT", "not a chain of keys");
      return key;
    }),
    // Clients that came before the name was settled wrote it with the proposal's prefix.
    isShareable: booleanIn(value, "shared_history") ??
      booleanIn(value, "org.matrix.msc3061.shared_history") ?? false,
  };
}

/** Reads one entry of an export file. */
export function readExportedSession(value: unknown): ExportedSession {
  const roomID = asRoomID(field(value, "room_id"));
  const sessionID = stringIn(value, "session_id");
  if (roomID === undefined || sessionID === undefined) {
    throw new CryptoError("BAD_FORMAT", "a session of no room");
  }
  return readSessionData(roomID, sessionID, value);
}

/** One spelling of a key of 32 bytes; undefined when it is none. */
function keyText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return encodeBase64(decodeBase64Exactly(32, text));
  } catch {
    return undefined;
  }
}
