import { type ReactNode, useMemo } from "react";
import type { Person } from "../matrix/contract.ts";
import { useWords } from "../locales/Words.tsx";
import { Note, Waiting } from "../ui/Feedback.tsx";
import { SearchField } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useStore } from "../ui/useStore.ts";
import { PeopleSearch } from "./PeopleSearch.ts";
import { PersonPicture } from "./Picture.tsx";
import { useClient } from "./Surroundings.tsx";

type Props = {
  readonly label: string;
  /** What stands at the end of each row: a button, usually. */
  readonly verbs: (person: Person) => ReactNode;
  readonly isHidden?: ((person: Person) => boolean) | undefined;
};

/** Finds people in the directory by their name. */
export function PeoplePicker({ label, verbs, isHidden = nobody }: Props) {
  const { t, say } = useWords();
  const { directory } = useClient();
  const search = useMemo(() => new PeopleSearch(directory), [directory]);
  const { query, status, people, isLimited, problem } = useStore(search.state);
  const shown = people.filter((person) => !isHidden(person));
  return (
    <div className="people-picker">
      <SearchField
        data-autofocus
        label={label}
        clearLabel={t("common.clear")}
        value={query}
        onChange={(event) => search.search(event.target.value)}
        onClear={() => search.search("")}
      />
      <p className="only-heard" role="status">
        {status === "done" && t("people.found", { count: shown.length })}
      </p>
      {status === "idle" && <p className="people-hint">{t("people.hint")}</p>}
      {status === "searching" && shown.length === 0 && <Waiting label={t("people.searching")} />}
      {problem && <Note kind="problem">{say(problem)}</Note>}
      {status === "done" && shown.length === 0 && (
        <p className="people-hint">{t("people.none", { query: query.trim() })}</p>
      )}
      <ul className="people-list">
        {shown.map((person) => (
          <li key={person.id} className="person-row">
            <PersonPicture person={person} />
            <PersonWords person={person} />
            {verbs(person)}
          </li>
        ))}
      </ul>
      {isLimited && <p className="people-hint">{t("people.limited")}</p>}
    </div>
  );
}

/** A name, and the address below it, which nobody can imitate. */
export function PersonWords({ person }: { readonly person: Person }) {
  return (
    <span className="person-words">
      <bdi className="person-name clipped">{person.name}</bdi>
      <bdi className="person-id clipped">{person.id}</bdi>
    </span>
  );
}

type ChosenProps = {
  readonly people: readonly Person[];
  readonly onRemove: (person: Person) => void;
};

/** Those chosen so far, each of whom can be taken out again. */
export function ChosenPeople({ people, onRemove }: ChosenProps) {
  const { t } = useWords();
  if (people.length === 0) return null;
  return (
    <ul className="chosen" aria-label={t("people.chosen")}>
      {people.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            className="chip"
            aria-label={t("people.unchoose", { name: person.name })}
            onClick={() => onRemove(person)}
          >
            <PersonPicture person={person} size="xs" />
            <bdi className="clipped">{person.name}</bdi>
            <Icon name="close" size="s" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function nobody(): boolean {
  return false;
}
