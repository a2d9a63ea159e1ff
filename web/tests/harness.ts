/** The client without views: the tests in a browser drive it through what is set here. */
import { sanitize, textToNodes } from "../src/matrix/html/sanitize.ts";
import { startClient } from "../src/startClient.ts";
import { checkDatabases, checkUpgrade } from "./checkDatabases.ts";
import { checkEncryption } from "./checkEncryption.ts";

const violations: string[] = [];
addEventListener("securitypolicyviolation", (event) => {
  violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});

Object.assign(globalThis, {
  client: startClient(),
  checkDatabases,
  checkEncryption,
  checkUpgrade,
  sanitize,
  textToNodes,
  violations,
});
