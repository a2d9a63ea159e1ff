/** What an account needs once in a long while: one script, fetched then. */
export { openAccount } from "../../crypto/account/openAccount.ts";
export { makeNewKeys, setUpAccount } from "../../crypto/account/setUpAccount.ts";
export { Comparisons } from "./Comparisons.ts";
