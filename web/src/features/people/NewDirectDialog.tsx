import { useWords } from "../../locales/Words.tsx";
import { PeoplePicker } from "../../parts/PeoplePicker.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { useStore } from "../../ui/useStore.ts";
import { useDirect } from "./useDirect.ts";

/** Chooses the person to write to. */
export function NewDirectDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const self = useStore(useClient().account.profile);
  const direct = useDirect(onClose);
  return (
    <Dialog
      title={t("rooms.newDirect")}
      subtitle={t("people.directLead")}
      closeLabel={t("common.close")}
      onClose={onClose}
    >
      <PeoplePicker
        label={t("people.search")}
        isHidden={(person) => person.id === self.id}
        verbs={(person) => (
          <Button
            aria-label={t("people.writeTo", { name: person.name })}
            disabled={direct.isBusy}
            onClick={() => direct.start(person.id)}
          >
            {t("people.write")}
          </Button>
        )}
      />
    </Dialog>
  );
}
