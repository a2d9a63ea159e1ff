import { useState } from "react";
import type { Person, Room } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { PeoplePicker } from "../../parts/PeoplePicker.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { useStore } from "../../ui/useStore.ts";

type Props = { readonly room: Room; readonly onClose: () => void };

/** Invites people into a room, one press each. */
export function InviteDialog({ room, onClose }: Props) {
  const { t } = useWords();
  const { members } = useStore(room.members);
  const inside = new Set(
    members.filter((one) => one.membership === "join" || one.membership === "ban")
      .map((one) => one.id),
  );
  const invited = new Set(
    members.filter((one) => one.membership === "invite").map((one) => one.id),
  );
  return (
    <Dialog
      title={t("members.invite")}
      closeLabel={t("common.close")}
      onClose={onClose}
      footer={<Button kind="primary" onClick={onClose}>{t("common.done")}</Button>}
    >
      <PeoplePicker
        label={t("people.search")}
        isHidden={(person) => inside.has(person.id)}
        verbs={(person) => (
          <InviteButton room={room} person={person} isInvited={invited.has(person.id)} />
        )}
      />
    </Dialog>
  );
}

type ButtonProps = {
  readonly room: Room;
  readonly person: Person;
  readonly isInvited: boolean;
};

function InviteButton({ room, person, isInvited }: ButtonProps) {
  const { t } = useWords();
  const [isDone, setDone] = useState(false);
  const { isBusy, run } = useAction({ special: { M_FORBIDDEN: "members.cannotInvite" } });
  if (isDone || isInvited) return <span className="invited">{t("members.isInvited")}</span>;
  return (
    <Button
      isBusy={isBusy}
      aria-label={t("create.inviteNamed", { name: person.name })}
      onClick={async () => setDone(await run(() => room.invite(person.id)))}
    >
      {t("members.inviteOne")}
    </Button>
  );
}
