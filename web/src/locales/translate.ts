/** French unless the person chose otherwise. */
export type Language = "fr" | "en";

/** The texts of one language. A text that counts has one form for each kind of number. */
export type Catalog = typeof import("./fr.json", { with: { type: "json" }});

/** The name of a text: `folder.text`. */
export type Key = keyof Catalog;

/** What stands in the places of a text. `count` also chooses the form. */
export type Values = Readonly<Record<string, string | number>>;

/** A text before a language is chosen, as models give it. */
export type Sentence = { readonly key: Key; readonly values?: Values };

export type Translate = (key: Key, values?: Values) => string;

type Forms = { readonly one: string; readonly other: string };

/** The texts of `catalog` as a function. */
export function translator(catalog: Catalog, language: Language): Translate {
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) =>
    pieces(template(catalog[key], values.count, plural))
      .map((piece) => piece.place === undefined ? piece.text : shown(values[piece.place], numbers))
      .join("");
}

/** The parts of a text for drawing: plain text, and the names of the places between. */
export function templateOf(
  catalog: Catalog,
  language: Language,
  key: Key,
  count?: number,
): readonly Piece[] {
  return pieces(template(catalog[key], count, new Intl.PluralRules(language)));
}

export type Piece =
  | { readonly text: string; readonly place?: undefined }
  | { readonly place: string };

function template(
  text: string | Forms,
  count: string | number | undefined,
  plural: Intl.PluralRules,
): string {
  if (typeof text === "string") return text;
  return plural.select(Number(count)) === "one" ? text.one : text.other;
}

function pieces(text: string): Piece[] {
  return text.split(/(\{\w+\})/).filter((part) => part !== "").map((part) =>
    /^\{\w+\}$/.test(part) ? { place: part.slice(1, -1) } : { text: part }
  );
}

function shown(value: string | number | undefined, numbers: Intl.NumberFormat): string {
  return typeof value === "number" ? numbers.format(value) : value ?? "";
}

/**
 * A name for use inside a plain-text sentence: isolated, so that one written from right to left
 * does not turn the words around it.
 */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
