// esbuild does not know import attributes yet, and deno types no JSON without them; so the type of
// the texts comes from texts.d.ts, and this file is for the bundle alone.

// @deno-types="./texts.d.ts"
import en from "./en.json";
// @deno-types="./texts.d.ts"
import fr from "./fr.json";
import type { Catalog, Language } from "./translate.ts";

/** Every text of the client, in each language. */
export const catalogs: Readonly<Record<Language, Catalog>> = { fr, en };
