import { useWords } from "../../locales/Words.tsx";
import { PersonPicture } from "../../parts/Picture.tsx";
import { Icon } from "../../ui/Icon.tsx";
import type { Suggestion } from "./completion.ts";

type Props = {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly onTake: (index: number) => void;
};

/** What the word at the cursor could become. The focus stays in the text. */
export function CompletionList({ id, suggestions, active, onTake }: Props) {
  const { t } = useWords();
  return (
    <ul
      className="completions scrolls"
      id={id}
      role="listbox"
      aria-label={t("composer.suggestions")}
    >
      {suggestions.map((suggestion, index) => (
        <li
          key={keyOf(suggestion)}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="completion"
          ref={index === active ? scrollToIt : undefined}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(index);
          }}
        >
          <SuggestionView suggestion={suggestion} />
        </li>
      ))}
    </ul>
  );
}

function SuggestionView({ suggestion }: { readonly suggestion: Suggestion }) {
  const { t } = useWords();
  switch (suggestion.kind) {
    case "person":
      return (
        <>
          <PersonPicture person={suggestion.person} size="s" />
          <bdi className="clipped">{suggestion.person.name}</bdi>
        </>
      );
    case "everybody":
      return (
        <>
          <span className="avatar avatar-s">
            <Icon name="people" />
          </span>
          <span>
            <strong>@salon</strong> {t("composer.everybody")}
          </span>
        </>
      );
    case "emoji":
      return (
        <>
          <span className="completion-emoji">{suggestion.characters}</span>
          <span className="clipped">{suggestion.name}</span>
        </>
      );
  }
}

function keyOf(suggestion: Suggestion): string {
  switch (suggestion.kind) {
    case "person":
      return suggestion.person.id;
    case "everybody":
      return "everybody";
    case "emoji":
      return suggestion.characters;
  }
}

function scrollToIt(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
