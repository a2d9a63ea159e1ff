import { sasEmoji } from "../../crypto/verification/sasEmoji.ts";
import type { Key } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";

/** Seven pictures with their names, in their order. */
export function Pictures({ numbers }: { readonly numbers: readonly number[] }) {
  const { t } = useWords();
  return (
    <ol className="comparison-pictures">
      {numbers.map((number, index) => (
        <li key={index} className="comparison-picture">
          <span className="comparison-drawing" aria-hidden="true">{sasEmoji[number]}</span>
          <span>{t(`picture.${String(number).padStart(2, "0")}` as Key)}</span>
        </li>
      ))}
    </ol>
  );
}
