import {
  createContext,
  Fragment,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { catalogOf, fetchCatalog } from "./catalog.ts";
import { type Formats, formats } from "./formats.ts";
import {
  type Key,
  type Language,
  type Sentence,
  templateOf,
  type Translate,
  translator,
} from "./translate.ts";

export type Words = {
  readonly language: Language;
  readonly t: Translate;
  readonly format: Formats;
  readonly say: (sentence: Sentence) => string;
};

/** In the language asked for, once its texts are here. */
export function wordsIn(wanted: Language): Words {
  const { catalog, language } = catalogOf(wanted);
  const t = translator(catalog, language);
  return {
    language,
    t,
    format: formats(language, t),
    say: (sentence) => t(sentence.key, sentence.values),
  };
}

const WordsContext = createContext<Words>(wordsIn("fr"));

type Props = { readonly language: Language; readonly children: ReactNode };

/** Gives everything inside it its language. */
export function WordsProvider({ language, children }: Props) {
  const [fetched, setFetched] = useState<Language>();
  useEffect(() => {
    fetchCatalog(language).then(() => setFetched(language), () => {});
  }, [language]);
  const words = useMemo(() => wordsIn(language), [language, fetched]);
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

export function useWords(): Words {
  return useContext(WordsContext);
}

type RichProps = {
  readonly k: Key;
  /** What is drawn in each place. */
  readonly places: Readonly<Record<string, ReactNode>>;
  /** Chooses the form, where the text has several. */
  readonly count?: number | undefined;
};

/** A text with drawn things in its places: a name in bold, a link. */
export function Rich({ k, places, count }: RichProps) {
  const { language } = useWords();
  return (
    <>
      {templateOf(catalogOf(language).catalog, language, k, count).map((piece, index) => (
        <Fragment key={index}>
          {piece.place === undefined ? piece.text : places[piece.place]}
        </Fragment>
      ))}
    </>
  );
}
