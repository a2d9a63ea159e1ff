import { createPortal } from "react-dom";
import type { RecoveryCode, UserID } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { QRCode } from "../../parts/qr/QRCode.tsx";
import { CodeGroups } from "./CodeGroups.tsx";
import { labelled } from "./codeSentence.ts";

type Props = { readonly code: RecoveryCode; readonly account: UserID };

/** The page that is printed; nothing of it is on the screen. */
export function CodeSheet({ code, account }: Props) {
  const { t, say, format } = useWords();
  const label = labelled("code.dated", code, format);
  return createPortal(
    <section className="code-sheet" aria-hidden="true">
      <p className="code-sheet-brand">Chappe</p>
      <p className="code-sheet-title">{t("code.label")}</p>
      {label && <p className="code-sheet-label">{say(label)}</p>}
      <p>{t("recovery.sheetOf", { account })}</p>
      <CodeGroups text={code.text} />
      <p>{t("recovery.sheetLetters")}</p>
      <QRCode text={code.text.replaceAll(" ", "")} label={t("recovery.qr")} />
      <p>{t("recovery.sheetAdvice")}</p>
    </section>,
    document.body,
  );
}
