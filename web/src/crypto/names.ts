/** `@localpart:server`. */
export type UserID = string;
/** Opaque, given by the server at sign-in. */
export type DeviceID = string;
/** `!opaque` or `!opaque:server`. */
export type RoomID = string;
/** `$opaque`. */
export type EventID = string;
/** A public key in unpadded Base64. */
export type KeyText = string;
/** Milliseconds since the Unix epoch, by this device. */
export type Timestamp = number;

export const olmAlgorithm = "m.olm.v1.curve25519-aes-sha2";
export const megolmAlgorithm = "m.megolm.v1.aes-sha2";
