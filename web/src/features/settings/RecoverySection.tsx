import { useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import type { Security } from "../../matrix/contract.ts";
import { NewCodeDialog } from "../../parts/NewCodeDialog.tsx";
import { useAction } from "../../parts/useAction.ts";
import { useSecurity } from "../../parts/useSecurity.ts";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { Switch } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Section } from "./Section.tsx";

/** « Code de récupération »: which one it is, and how much is safe under it. */
export function RecoverySection() {
  const security = useSecurity();
  return security === undefined ? null : <Recovery security={security} />;
}

function Recovery({ security }: { readonly security: Security }) {
  const { t, format } = useWords();
  const state = useStore(security.state);
  const backup = useStore(security.backup);
  const writesToUnconfirmed = useStore(security.writesToUnconfirmed);
  const [isAsking, setAsking] = useState(false);
  const { run } = useAction();
  if (state.phase !== "ready") return null;
  const { number, createdTS } = state.code;
  return (
    <Section title={t("recoverySettings.title")} lead={t("recoverySettings.lead")}>
      <p>
        {number === undefined || createdTS === undefined
          ? t("recoverySettings.undated")
          : t("code.dated", { number, date: format.date(createdTS) })}
      </p>
      <Note icon={backup.waiting === 0 ? "shield" : "clock"}>
        {backup.waiting === 0
          ? t("recoverySettings.safe")
          : t("recoverySettings.behind", { count: backup.waiting })}
        {backup.restoring && <p>{t("recoverySettings.restoring", backup.restoring)}</p>}
      </Note>
      <div className="settings-verbs">
        <Button onClick={() => setAsking(true)}>{t("recoverySettings.new")}</Button>
      </div>
      <Switch
        label={t("recoverySettings.unconfirmed")}
        hint={t("recoverySettings.unconfirmedHint")}
        isOn={writesToUnconfirmed}
        onChange={(isOn) => run(() => security.setWritesToUnconfirmed(isOn))}
      />
      {isAsking && (
        <NewCodeDialog
          security={security}
          isLost={false}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}
