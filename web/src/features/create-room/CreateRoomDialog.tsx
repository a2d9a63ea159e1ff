import { useId, useMemo } from "react";
import { useWords } from "../../locales/Words.tsx";
import { ChosenPeople, PeoplePicker } from "../../parts/PeoplePicker.tsx";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { Choices, TextArea, TextField } from "../../ui/Field.tsx";
import { focusInvalid } from "../../ui/focusInvalid.ts";
import { useStore } from "../../ui/useStore.ts";
import { CreateRoomModel, MAX_NAME, MAX_TOPIC } from "./CreateRoomModel.ts";

/** « Créer un salon »: its name, who may read it, and who is there from the start. */
export function CreateRoomDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const { rooms, account } = useClient();
  const navigator = useNavigator();
  const self = useStore(account.profile);
  const model = useMemo(() => new CreateRoomModel(), []);
  const form = useStore(model.form);
  const id = useId();
  const { isBusy, run } = useAction({ special: { M_ROOM_IN_USE: "create.nameTaken" } });
  const create = () => {
    const request = model.request();
    if (request === undefined) return;
    run(async () => {
      const roomID = await rooms.create(request);
      onClose();
      navigator.go({ screen: "room", roomID });
    });
  };
  return (
    <Dialog
      title={t("rooms.create")}
      closeLabel={t("common.close")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} isBusy={isBusy}>{t("create.do")}</Button>
        </>
      }
    >
      <form
        id={id}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          create();
          focusInvalid(event.currentTarget);
        }}
      >
        <TextField
          data-autofocus
          required
          label={t("create.name")}
          error={form.nameError && t(form.nameError)}
          value={form.name}
          maxLength={MAX_NAME}
          autoComplete="off"
          onChange={(event) => model.change({ name: event.target.value })}
        />
        <Choices
          label={t("create.access")}
          value={form.access}
          choices={[
            {
              value: "private",
              icon: "lock",
              label: t("create.private"),
              hint: t("create.privateHint"),
            },
            {
              value: "public",
              icon: "globe",
              label: t("create.public"),
              hint: t("create.publicHint"),
            },
          ]}
          onChange={(access) => model.change({ access })}
        />
        <div role="status">
          <Note icon="eye">
            <strong>{t("create.whoReads")}</strong>{" "}
            {t(form.access === "public" ? "create.readsPublic" : "create.readsPrivate")}
          </Note>
        </div>
        <TextArea
          label={t("create.topic")}
          hint={t("create.topicHint")}
          value={form.topic}
          rows={2}
          maxLength={MAX_TOPIC}
          onChange={(event) => model.change({ topic: event.target.value })}
        />
      </form>
      <section className="create-people" aria-label={t("create.invite")}>
        <h3 className="field-label">{t("create.invite")}</h3>
        <ChosenPeople people={form.people} onRemove={(person) => model.uninvite(person)} />
        <PeoplePicker
          label={t("people.search")}
          isHidden={(person) =>
            person.id === self.id || form.people.some((one) => one.id === person.id)}
          verbs={(person) => (
            <IconButton
              icon="person-add"
              label={t("create.inviteNamed", { name: person.name })}
              onClick={() => model.invite(person)}
            />
          )}
        />
      </section>
    </Dialog>
  );
}
