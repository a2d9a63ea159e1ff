/** The client without views: the tests in a browser drive it through `globalThis.client`. */
import { sanitize, textToNodes } from "../src/matrix/html/sanitize.ts";
import { startClient } from "../src/startClient.ts";

Object.assign(globalThis, { client: startClient(), sanitize, textToNodes });
