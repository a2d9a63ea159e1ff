// @deno-types="./texts.d.ts"
import en from "./en.json";

/** On its own, to be fetched when somebody chooses it. */
export default en;
