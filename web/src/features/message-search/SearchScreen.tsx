import { useWords } from "../../locales/Words.tsx";
import { Screen } from "../../parts/Screen.tsx";
import { useNavigator } from "../../parts/Surroundings.tsx";
import type { MessageSearchModel } from "./MessageSearchModel.ts";
import { SearchView } from "./SearchView.tsx";
import { useSecretRooms } from "./useSecretRooms.ts";

/** Looks for messages in all conversations. */
export function SearchScreen({ model }: { readonly model: MessageSearchModel }) {
  const { t } = useWords();
  const navigator = useNavigator();
  const secret = useSecretRooms();
  return (
    <Screen title={t("search.title")}>
      <SearchView
        model={model}
        label={t("search.inAll")}
        onOpen={({ roomID, eventID }) => navigator.go({ screen: "room", roomID, eventID })}
        notice={secret > 0 && (
          <p className="message-search-notice">{t("search.secretRooms", { count: secret })}</p>
        )}
      />
    </Screen>
  );
}
