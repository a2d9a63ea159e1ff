import type { ChangedPerson, RoomID, Security } from "../matrix/contract.ts";
import { isolated } from "../locales/translate.ts";
import { useWords } from "../locales/Words.tsx";
import { useAction } from "../parts/useAction.ts";
import { useSecurity } from "../parts/useSecurity.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Feedback.tsx";
import { useStore } from "../ui/useStore.ts";

/** Somebody here is not, or not surely, who they were: nothing is sent before it is answered. */
export function ChangedBanner({ roomID }: { readonly roomID: RoomID }) {
  const security = useSecurity();
  return security === undefined ? null : <Changed security={security} roomID={roomID} />;
}

type Props = { readonly security: Security; readonly roomID: RoomID };

function Changed({ security, roomID }: Props) {
  const [first] = useStore(security.changedIn(roomID));
  if (first === undefined) return null;
  return <One key={first.id} security={security} person={first} />;
}

type OneProps = { readonly security: Security; readonly person: ChangedPerson };

function One({ security, person }: OneProps) {
  const { t } = useWords();
  const { isBusy, run } = useAction();
  const name = isolated(person.name);
  return (
    <Banner
      icon="alert"
      kind={person.wasConfirmed ? "problem" : "warn"}
      action={
        <span className="banner-verbs">
          <Button isBusy={isBusy} onClick={() => run(() => security.acceptChange(person.id))}>
            {t("identity.accept")}
          </Button>
          <Button
            kind="primary"
            isBusy={isBusy}
            onClick={() => run(() => security.compareWithPerson(person.id))}
          >
            {t("identity.compare")}
          </Button>
        </span>
      }
    >
      {t(person.wasConfirmed ? "identity.changedConfirmed" : "identity.changed", { name })}
    </Banner>
  );
}
