import { memo } from "react";
import type { Room } from "../../matrix/contract.ts";
import { shortName } from "../../locales/describe.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { useStore } from "../../ui/useStore.ts";

/** How many are named; more are « Plusieurs personnes ». */
const NAMED = 3;

const nobody = [] as const;

/** Who is writing just now. Always as high as a line, so that nothing moves. */
export const TypingLine = memo(function TypingLine({ room }: { readonly room: Room }) {
  const { t, format } = useWords();
  const typing = useStore(room.summary)?.typing ?? nobody;
  const names = typing.map((person) => isolated(shortName(person.name)));
  const words = names.length === 0
    ? ""
    : names.length > NAMED
    ? t("composer.manyTyping")
    : t("composer.typing", { names: format.list(names), count: names.length });
  return (
    <p className="typing" aria-live="off">
      {words !== "" && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="clipped">{words}</span>
        </>
      )}
    </p>
  );
});
