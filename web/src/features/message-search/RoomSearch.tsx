import type { FoundMessage, RoomSummary } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Button } from "../../ui/Button.tsx";
import { Note } from "../../ui/Feedback.tsx";
import type { MessageSearchModel } from "./MessageSearchModel.ts";
import { SearchView } from "./SearchView.tsx";

type Props = {
  readonly model: MessageSearchModel;
  readonly summary: RoomSummary;
  readonly onOpen: (message: FoundMessage) => void;
  readonly onEverywhere: (text: string) => void;
};

/** Looks for messages in one conversation. */
export function RoomSearch({ model, summary, onOpen, onEverywhere }: Props) {
  const { t } = useWords();
  if (summary.isEncrypted) {
    return (
      <>
        <Note icon="lock">
          <p>{t("search.secretRoom")}</p>
        </Note>
        <Button icon="search" onClick={() => onEverywhere("")}>{t("search.everywhere")}</Button>
      </>
    );
  }
  return (
    <SearchView
      model={model}
      label={t("search.inRoom")}
      onOpen={onOpen}
      onEverywhere={onEverywhere}
    />
  );
}
