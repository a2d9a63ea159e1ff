import { memo, useRef, useState } from "react";
import type { Receipt } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { isolated } from "../../locales/translate.ts";
import { PersonPicture } from "../../parts/Picture.tsx";
import { Popup } from "../../ui/Menu.tsx";

/** How many are drawn; the others are counted. */
const SHOWN = 4;

/** How many are named when the pointer rests on them. */
const NAMED = 12;

type Props = { readonly receipts: readonly Receipt[] };

/** Those who have read up to here, as small pictures. */
export const ReadBy = memo(function ReadBy({ receipts }: Props) {
  const { t, format } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<Element | null>(null);
  if (receipts.length === 0) return null;
  const names = receipts.slice(0, NAMED).map((receipt) => isolated(receipt.name));
  const more = receipts.length - names.length;
  const label = t("timeline.readBy", {
    names: format.list(more > 0 ? [...names, t("timeline.more", { count: more })] : names),
  });
  return (
    <>
      <button
        ref={button}
        type="button"
        className="read-by"
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open !== null}
        data-tip={label}
        onClick={() => setOpen(open === null ? button.current : null)}
      >
        {receipts.slice(0, SHOWN).map((receipt) => (
          <PersonPicture key={receipt.id} person={receipt} size="xs" />
        ))}
        {receipts.length > SHOWN && (
          <span className="read-more">{`+${receipts.length - SHOWN}`}</span>
        )}
      </button>
      {open && (
        <Popup
          label={t("timeline.readTitle")}
          beside={open}
          className="read-list scrolls"
          onClose={() => {
            setOpen(null);
            button.current?.focus();
          }}
        >
          <p className="read-title" tabIndex={-1} data-autofocus>{t("timeline.readTitle")}</p>
          <ul>
            {receipts.map((receipt) => (
              <li key={receipt.id} className="read-person">
                <PersonPicture person={receipt} size="s" />
                <bdi className="clipped">{receipt.name}</bdi>
                {receipt.ts > 0 && <time>{format.brief(receipt.ts, Date.now())}</time>}
              </li>
            ))}
          </ul>
        </Popup>
      )}
    </>
  );
});
