import { useWords } from "../../locales/Words.tsx";
import { PeoplePicker } from "../../parts/PeoplePicker.tsx";
import { Screen } from "../../parts/Screen.tsx";
import { useStore } from "../../ui/useStore.ts";
import { useClient } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { useDirect } from "./useDirect.ts";

/** « Annuaire »: people, and the way to write to them. */
export function PeopleScreen() {
  const { t } = useWords();
  const self = useStore(useClient().account.profile);
  const direct = useDirect();
  return (
    <Screen title={t("people.title")}>
      <p className="lead">{t("people.lead")}</p>
      <PeoplePicker
        label={t("people.search")}
        isHidden={(person) => person.id === self.id}
        verbs={(person) => (
          <Button
            icon="chat"
            aria-label={t("people.writeTo", { name: person.name })}
            disabled={direct.isBusy}
            onClick={() => direct.start(person.id)}
          >
            {t("people.write")}
          </Button>
        )}
      />
    </Screen>
  );
}
