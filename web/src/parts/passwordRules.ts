/** Of a password, in characters; the server may ask for more. */
export const MIN_PASSWORD = 8;
