import { Fragment } from "react";

type Props = { readonly text: string };

/**
 * A code in its numbered groups. Capital letters and digits look different by more than their
 * shape, so that they are told apart on paper too.
 */
export function CodeGroups({ text }: Props) {
  return (
    <ol className="code-groups" translate="no">
      {text.split(" ").map((group, index) => (
        <li key={index} className="code-group">
          {/* One run of text, so that what is copied from the page is a code. */}
          <span>
            {Array.from(group, (character, at) => <Fragment key={at}>{drawn(character)}</Fragment>)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function drawn(character: string) {
  if (/[0-9]/.test(character)) return <i className="code-digit">{character}</i>;
  if (/[A-Z]/.test(character)) return <b className="code-capital">{character}</b>;
  return character;
}
