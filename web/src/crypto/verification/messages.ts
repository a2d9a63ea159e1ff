import { integerIn, type JsonObject, objectIn, stringIn, stringsIn } from "../../platform/json.ts";
import type { EventID, RoomID, UserID } from "../../matrix/contract.ts";

/**
 * How the messages of one verification travel: straight to devices, for one's own; in the room of
 * a direct message, for another person.
 *
 * - Spec: [Key verification framework](https://spec.matrix.org/v1.19/client-server-api/#key-verification-framework)
 */
export type VerificationForm =
  | { readonly kind: "to-device"; readonly transactionID: string }
  | { readonly kind: "room"; readonly roomID: RoomID; readonly requestID: EventID };

export const sasMethod = "m.sas.v1";

/** The end of each message's type, after `m.key.verification.`. */
export const verificationSteps = [
  "request",
  "ready",
  "start",
  "accept",
  "key",
  "mac",
  "done",
  "cancel",
] as const;
export type VerificationStep = (typeof verificationSteps)[number];

/** A message to send. `others`: the devices that were asked too, and did not answer first. */
export type Outgoing = {
  readonly step: VerificationStep;
  readonly content: JsonObject;
  readonly to: "partner" | "others";
};

/** - Spec: [m.key.verification.cancel](https://spec.matrix.org/v1.19/client-server-api/#mkeyverificationcancel) */
export type CancelCode =
  | "m.user"
  | "m.timeout"
  | "m.unknown_transaction"
  | "m.unknown_method"
  | "m.unexpected_message"
  | "m.key_mismatch"
  | "m.user_mismatch"
  | "m.invalid_message"
  | "m.accepted"
  | "m.mismatched_commitment"
  | "m.mismatched_sas";

const cancelCodes: readonly string[] = [
  "m.user",
  "m.timeout",
  "m.unknown_transaction",
  "m.unknown_method",
  "m.unexpected_message",
  "m.key_mismatch",
  "m.user_mismatch",
  "m.invalid_message",
  "m.accepted",
  "m.mismatched_commitment",
  "m.mismatched_sas",
];

/** What is said to the other end in English; clients show words of their own for codes they know. */
const reasons: Readonly<Record<CancelCode, string>> = {
  "m.user": "The verification was cancelled",
  "m.timeout": "The verification took too long",
  "m.unknown_transaction": "This verification is not known here",
  "m.unknown_method": "There is no method that both know",
  "m.unexpected_message": "A message came out of its order",
  "m.key_mismatch": "A key is not the one that is known here",
  "m.user_mismatch": "Somebody else answered",
  "m.invalid_message": "A message could not be read",
  "m.accepted": "Another device answered",
  "m.mismatched_commitment": "The key is not the one that was promised",
  "m.mismatched_sas": "What was compared is not the same",
};

/** What binds a message to its verification, in either form. */
export function binding(form: VerificationForm): JsonObject {
  return form.kind === "to-device"
    ? { transaction_id: form.transactionID }
    : { "m.relates_to": { rel_type: "m.reference", event_id: form.requestID } };
}

/** The ID that goes into everything that is computed. */
export function transactionOf(form: VerificationForm): string {
  return form.kind === "to-device" ? form.transactionID : form.requestID;
}

/**
 * The verification that a message belongs to, by its content. In an encrypted room,
 * `m.relates_to` stands outside: whoever decrypts puts it back.
 */
export function transactionIn(content: unknown): string | undefined {
  const related = objectIn(content, "m.relates_to");
  if (stringIn(related, "rel_type") === "m.reference") {
    return shortText(stringIn(related, "event_id"));
  }
  return shortText(stringIn(content, "transaction_id"));
}

export function cancelContent(form: VerificationForm, code: CancelCode): JsonObject {
  return { ...binding(form), code, reason: reasons[code] };
}

/** A code that we do not know says no more than that it is over. */
export function readCancelCode(content: unknown): CancelCode {
  const code = stringIn(content, "code") ?? "";
  return cancelCodes.includes(code) ? code as CancelCode : "m.user";
}

/** Somebody asks to compare. */
export type VerificationRequest = {
  readonly fromDevice: string;
  readonly methods: readonly string[];
  readonly ts: number;
};

/** Requests from further ahead, by a clock that is wrong, are not shown. In milliseconds. */
const maxAheadMS = 5 * 60_000;
/** And none that was made longer ago. */
export const requestLifetimeMS = 10 * 60_000;

/**
 * Reads a request, in either form. Undefined when it is none, is not for us, or is too old.
 *
 * - Parameter originServerTS: Of the event in a room; to a device, the content says when.
 * - Parameter now: By this device's clock, in milliseconds.
 */
export function readRequest(
  form: VerificationForm,
  content: unknown,
  own: UserID,
  originServerTS: number | undefined,
  now: number,
): VerificationRequest | undefined {
  const fromDevice = shortText(stringIn(content, "from_device"));
  const ts = form.kind === "to-device" ? integerIn(content, "timestamp") : originServerTS;
  if (fromDevice === undefined || ts === undefined) return undefined;
  if (form.kind === "room" && stringIn(content, "to") !== own) return undefined;
  if (ts > now + maxAheadMS || ts < now - requestLifetimeMS) return undefined;
  return { fromDevice, methods: stringsIn(content, "methods").slice(0, 50), ts };
}

/** Of a device or transaction ID, in UTF-16 units. */
export function shortText(text: string | undefined): string | undefined {
  return text !== undefined && text.length > 0 && text.length <= 255 ? text : undefined;
}
