import { useState } from "react";
import type { Person, Room } from "../../matrix/contract.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextField } from "../../ui/Field.tsx";
import type { PersonVerb } from "./personVerbs.ts";

type Props = {
  readonly room: Room;
  readonly person: Person;
  readonly verb: PersonVerb;
  readonly onClose: () => void;
};

/** Asks before somebody is put out of a room, or let in again. */
export function PersonDialog({ room, person, verb, onClose }: Props) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const { isBusy, run } = useAction();
  const hasReason = verb === "kick" || verb === "ban";
  const act = async () => {
    const why = reason.trim() === "" ? undefined : reason.trim();
    const done = await run(() => {
      switch (verb) {
        case "kick":
        case "withdraw":
          return room.kick(person.id, why);
        case "ban":
          return room.ban(person.id, why);
        case "unban":
          return room.unban(person.id);
      }
    });
    if (done) onClose();
  };
  return (
    <Dialog
      title={t(`person.${verb}`)}
      closeLabel={t("common.close")}
      size="s"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind={verb === "unban" ? "primary" : "danger"} isBusy={isBusy} onClick={act}>
            {t(`person.${verb}Do`)}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t(`person.${verb}Asks`, { name: isolated(person.name) })}</p>
        {hasReason && (
          <TextField
            data-autofocus
            label={t("remove.reason")}
            value={reason}
            maxLength={300}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </div>
    </Dialog>
  );
}
