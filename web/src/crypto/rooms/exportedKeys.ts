import { arrayIn, field, type JsonObject, stringIn } from "../../platform/json.ts";
import { readExportedKey } from "../megolm/sessionKey.ts";
import { type KeyText, megolmAlgorithm, type RoomID } from "../names.ts";
import { encodeBase64 } from "../primitives/base64.ts";
import { CryptoError } from "../primitives/CryptoError.ts";
import type { KnownSession } from "./RoomKeys.ts";

/** As backups, key files and bundles carry a session. */
export type ExportedRoomKey = {
  readonly roomID: RoomID;
  readonly sessionID: KeyText;
  /** In export format. */
  readonly sessionKey: string;
  readonly firstIndex: number;
  readonly senderKey: KeyText;
  readonly senderClaimedEd25519?: KeyText;
  readonly forwardingChain: readonly KeyText[];
  readonly isShareable: boolean;
};

/** Sessions in a bundle that are looked at; a room of many years has fewer. */
const maxBundled = 100_000;

/** Of a public key in Base64. */
const maxKeyText = 44;

export function exported({ record, session }: KnownSession): ExportedRoomKey {
  return {
    roomID: record.roomID,
    sessionID: record.id,
    sessionKey: session.exportedKey(),
    firstIndex: session.firstIndex,
    senderKey: record.senderKey,
    senderClaimedEd25519: record.claimedEd25519,
    forwardingChain: record.forwardingChain,
    isShareable: record.isShareable,
  };
}

/**
 * What a bundle for a newcomer holds of a room: keys whose makers agreed to it, and of the others
 * that they exist.
 *
 * - Spec: [Construction and sharing of the key bundle](https://spec.matrix.org/v1.19/client-server-api/#construction-and-sharing-of-the-key-bundle)
 */
export function writeBundle(sessions: readonly KnownSession[]): JsonObject {
  const shareable = sessions.filter(({ record }) => record.isShareable);
  const others = sessions.filter(({ record }) => !record.isShareable);
  return {
    room_keys: shareable.map(({ record, session }) => ({
      algorithm: megolmAlgorithm,
      room_id: record.roomID,
      sender_key: record.senderKey,
      sender_claimed_keys: { ed25519: record.claimedEd25519 },
      session_id: record.id,
      session_key: session.exportedKey(),
    })),
    withheld: others.map(({ record }) => ({
      algorithm: megolmAlgorithm,
      code: "m.history_not_shared",
      room_id: record.roomID,
      session_id: record.id,
    })),
  };
}

/** The keys of that one room in a bundle; what is of another room or no key at all is left out. */
export function readBundle(roomID: RoomID, bundle: unknown): ExportedRoomKey[] {
  return arrayIn(bundle, "room_keys").slice(0, maxBundled).flatMap((value) => {
    const sessionKey = stringIn(value, "session_key");
    const isMeant = stringIn(value, "room_id") === roomID &&
      stringIn(value, "algorithm") === megolmAlgorithm;
    if (!isMeant || sessionKey === undefined) return [];
    try {
      const { ratchet, signingKey } = readExportedKey(sessionKey);
      const ed25519 = stringIn(field(value, "sender_claimed_keys"), "ed25519");
      const sessionID = encodeBase64(signingKey);
      const senderKey = stringIn(value, "sender_key") ?? "";
      const isTrue = stringIn(value, "session_id") === sessionID &&
        [senderKey, ed25519 ?? ""].every((text) => text.length <= maxKeyText);
      if (!isTrue) return [];
      return [{
        ...{ roomID, sessionID, sessionKey, firstIndex: ratchet.index },
        senderKey,
        ...(ed25519 === undefined ? {} : { senderClaimedEd25519: ed25519 }),
        forwardingChain: [],
        isShareable: true,
      }];
    } catch (error) {
      if (error instanceof CryptoError) return [];
      throw error;
    }
  });
}
