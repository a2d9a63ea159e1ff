import type { Catalog } from "./translate.ts";

declare const texts: Catalog;
export default texts;
