// esbuild does not know import attributes yet, and deno types no JSON without them; so the type of
// the texts comes from texts.d.ts, and this file is for the bundle alone.

// @deno-types="./texts.d.ts"
import fr from "./fr.json";
import type { Catalog, Language } from "./translate.ts";

/** The texts of the client, in each language whose texts are here. */
const catalogs = new Map<Language, Catalog>([["fr", fr]]);

/** Fetches the texts of a language, unless they are here; those of the first one always are. */
export async function fetchCatalog(language: Language): Promise<void> {
  if (language !== "en" || catalogs.has(language)) return;
  catalogs.set("en", (await import("./english.ts")).default);
}

/** The first language's, as long as those of this one are not here. */
export function catalogOf(language: Language): { catalog: Catalog; language: Language } {
  const catalog = catalogs.get(language);
  return catalog === undefined ? { catalog: fr, language: "fr" } : { catalog, language };
}
