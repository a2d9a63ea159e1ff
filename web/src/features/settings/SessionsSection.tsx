import { useEffect, useMemo, useState } from "react";
import type { Device } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note, Waiting } from "../../ui/Feedback.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { EndSessionsDialog } from "./EndSessionsDialog.tsx";
import { Section } from "./Section.tsx";
import { SessionsModel } from "./SessionsModel.ts";

/** Where the person is signed in, with the means to end what they do not recognize. */
export function SessionsSection() {
  const { t, say } = useWords();
  const { account } = useClient();
  const model = useMemo(() => new SessionsModel(account), [account]);
  const { status, devices, problem } = useStore(model.state);
  const [ending, setEnding] = useState<readonly Device[]>();
  useEffect(() => void model.load(), [model]);
  const others = devices.filter((device) => !device.isCurrent);
  return (
    <Section title={t("sessions.title")} lead={t("sessions.lead")}>
      {status === "loading" && <Waiting label={t("common.loading")} />}
      {problem && <Note kind="problem">{say(problem)}</Note>}
      <ul className="sessions">
        {devices.map((device) => (
          <SessionRow
            key={device.id}
            device={device}
            onEnd={() => setEnding([device])}
          />
        ))}
      </ul>
      {others.length > 1 && (
        <div className="settings-verbs">
          <Button onClick={() => setEnding(others)}>{t("sessions.endOthers")}</Button>
        </div>
      )}
      {ending && (
        <EndSessionsDialog
          model={model}
          devices={ending}
          onClose={() => setEnding(undefined)}
        />
      )}
    </Section>
  );
}

function SessionRow({ device, onEnd }: { readonly device: Device; readonly onEnd: () => void }) {
  const { t, format } = useWords();
  const name = device.name ?? device.id;
  return (
    <li className="session">
      <span className="file-drawing">
        <Icon name="monitor" />
      </span>
      <div className="file-words">
        <bdi className="file-name">{name}</bdi>
        <span className="file-size">
          {device.isCurrent ? t("sessions.current") : seen(
            device,
            t("sessions.never"),
            (ts) => t("sessions.seen", { when: format.brief(ts, Date.now()) }),
          )}
          {device.lastSeenIP && ` · ${device.lastSeenIP}`}
        </span>
      </div>
      {!device.isCurrent && (
        <Button aria-label={t("sessions.endNamed", { name })} onClick={onEnd}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}

function seen(device: Device, never: string, at: (ts: number) => string): string {
  return device.lastSeenTS === undefined ? never : at(device.lastSeenTS);
}
