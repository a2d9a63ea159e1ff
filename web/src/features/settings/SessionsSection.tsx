import { useEffect, useMemo, useState } from "react";
import type { Device } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { useMaybe, useSecurity } from "../../parts/useSecurity.ts";
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
  const security = useSecurity();
  const confirmed = useMaybe(security?.confirmedDevices);
  const asking = useAction({ special: { NOT_FOUND: "sessions.noOther" } });
  const compare = (ids?: readonly string[]) =>
    void asking.run(async () => await security?.compareWithDevices(ids));
  const isOwnConfirmed = devices.some(({ id, isCurrent }) => isCurrent && confirmed?.includes(id));
  return (
    <Section title={t("sessions.title")} lead={t("sessions.lead")}>
      {status === "loading" && <Waiting label={t("common.loading")} />}
      {problem && <Note kind="problem">{say(problem)}</Note>}
      <ul className="sessions">
        {devices.map((device) => (
          <SessionRow
            key={device.id}
            device={device}
            isConfirmed={confirmed?.includes(device.id)}
            onConfirm={isOwnConfirmed && !device.isCurrent ? () => compare([device.id]) : undefined}
            onEnd={() => setEnding([device])}
          />
        ))}
      </ul>
      <div className="settings-verbs">
        {security && others.length > 0 && (
          <Button
            icon="devices"
            isBusy={asking.isBusy}
            onClick={() => compare()}
          >
            {t("sessions.confirmDevice")}
          </Button>
        )}
        {others.length > 1 && (
          <Button onClick={() => setEnding(others)}>{t("sessions.endOthers")}</Button>
        )}
      </div>
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

type RowProps = {
  readonly device: Device;
  /** Undefined where devices are not confirmed. */
  readonly isConfirmed: boolean | undefined;
  readonly onConfirm: (() => void) | undefined;
  readonly onEnd: () => void;
};

function SessionRow({ device, isConfirmed, onConfirm, onEnd }: RowProps) {
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
        {isConfirmed !== undefined && <TrustMark isConfirmed={isConfirmed} />}
        {isConfirmed === false && !device.isCurrent && (
          <span className="file-size">{t("sessions.unconfirmedHint")}</span>
        )}
      </div>
      {isConfirmed === false && onConfirm && (
        <Button
          kind="primary"
          aria-label={t("sessions.confirmNamed", { name })}
          onClick={onConfirm}
        >
          {t("sessions.confirm")}
        </Button>
      )}
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

function TrustMark({ isConfirmed }: { readonly isConfirmed: boolean }) {
  const { t } = useWords();
  return (
    <span className={isConfirmed ? "trust-mark" : "trust-mark trust-mark-open"}>
      <Icon name={isConfirmed ? "shield" : "alert"} size="s" />
      {t(isConfirmed ? "sessions.confirmed" : "sessions.unconfirmed")}
    </span>
  );
}
