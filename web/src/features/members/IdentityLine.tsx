import type { PersonTrust, Security, UserID } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { useSecurity } from "../../parts/useSecurity.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";

/** Whether somebody's identity is confirmed, and the way to confirm it. */
export function IdentityLine({ userID }: { readonly userID: UserID }) {
  const security = useSecurity();
  return security === undefined ? null : <Line security={security} userID={userID} />;
}

type Props = { readonly security: Security; readonly userID: UserID };

function Line({ security, userID }: Props) {
  const { t } = useWords();
  const trust = useStore(security.person(userID));
  const { isBusy, run } = useAction();
  if (trust === "unknown") return null;
  return (
    <>
      <p className={markClass(trust)}>
        <Icon name={trust === "confirmed" ? "shield" : "alert"} size="s" />
        {t(`identity.is.${trust}`)}
      </p>
      {trust !== "confirmed" && (
        <Button
          isBusy={isBusy}
          onClick={() => run(() => security.compareWithPerson(userID))}
        >
          {t("identity.confirm")}
        </Button>
      )}
    </>
  );
}

function markClass(trust: PersonTrust): string {
  if (trust === "confirmed") return "trust-mark";
  return trust === "seen" ? "trust-mark trust-mark-open" : "trust-mark trust-mark-changed";
}
