import { useEffect, useMemo, useRef, useState } from "react";
import type { HistoryVisibility, Room, RoomDetails, RoomSummary } from "../../matrix/contract.ts";
import { roomName } from "../../locales/roomName.ts";
import { useWords } from "../../locales/Words.tsx";
import { Panel } from "../../parts/Panel.tsx";
import { PictureField } from "../../parts/PictureField.tsx";
import { RoomPicture } from "../../parts/Picture.tsx";
import { home } from "../../parts/routes.ts";
import { useNavigator } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Choices, TextArea, TextField } from "../../ui/Field.tsx";
import { Note, Waiting } from "../../ui/Feedback.tsx";
import { useStore } from "../../ui/useStore.ts";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { type Access, accessOf, accessRules } from "./access.ts";
import { MakePrivateDialog } from "./MakePrivateDialog.tsx";
import { RoomFormModel } from "./RoomFormModel.ts";

type Props = { readonly room: Room; readonly onClose: () => void };

/** What a room is called, who may come in, and who reads what was said before. */
export function RoomSettingsPanel({ room, onClose }: Props) {
  const { t } = useWords();
  const details = useStore(room.details);
  const summary = useStore(room.summary);
  return (
    <Panel title={t("roomSettings.title")} onClose={onClose}>
      {details === undefined || summary === undefined
        ? <Waiting label={t("common.loading")} />
        : <Settings room={room} details={details} summary={summary} />}
    </Panel>
  );
}

type SettingsProps = {
  readonly room: Room;
  readonly details: RoomDetails;
  readonly summary: RoomSummary;
};

function Settings(props: SettingsProps) {
  const { room, details, summary } = props;
  const { t, format } = useWords();
  const permissions = useStore(room.permissions);
  const navigator = useNavigator();
  const [isLeaving, setLeaving] = useState(false);
  return (
    <>
      <PictureField
        drawing={<RoomPicture summary={summary} size="xl" />}
        isAllowed={permissions.setAvatar && !summary.isDirect}
        hasPicture={details.avatar !== undefined}
        label={t("roomSettings.picture")}
        onChange={(picture) => room.setAvatar(picture)}
      />
      {!summary.isDirect && <NameForm {...props} />}
      {!summary.isDirect && <AccessChoice {...props} />}
      <HistoryChoice {...props} />
      {details.alias && (
        <p className="lead">
          {t("roomSettings.alias")} <bdi>{details.alias}</bdi>
        </p>
      )}
      <section className="stack-tight">
        <h3 className="field-label">{t("roomSettings.leaveTitle")}</h3>
        <Button kind="danger" icon="door" isWide onClick={() => setLeaving(true)}>
          {t(summary.isDirect ? "roomSettings.leaveDirect" : "roomSettings.leave")}
        </Button>
      </section>
      {isLeaving && (
        <LeaveDialog
          room={room}
          name={roomName(summary.name, t, format)}
          isAlone={details.joinedCount <= 1}
          isPublic={summary.isPublic}
          onClose={() => setLeaving(false)}
          onLeft={() => navigator.replace(home)}
        />
      )}
    </>
  );
}

function NameForm({ room, details }: SettingsProps) {
  const { t } = useWords();
  const permissions = useStore(room.permissions);
  const model = useRoomForm(room, details);
  const form = useStore(model.form);
  const { isBusy, run } = useAction({ done: "common.saved" });
  const canSave = permissions.setName || permissions.setTopic;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => model.save());
      }}
    >
      <TextField
        label={t("create.name")}
        value={form.name}
        maxLength={100}
        disabled={!permissions.setName}
        autoComplete="off"
        onChange={(event) => model.change({ name: event.target.value })}
      />
      <TextArea
        label={t("create.topic")}
        value={form.topic}
        rows={3}
        maxLength={1000}
        disabled={!permissions.setTopic}
        onChange={(event) => model.change({ topic: event.target.value })}
      />
      {canSave && (
        <Button kind="primary" type="submit" isBusy={isBusy} disabled={!model.isChanged}>
          {t("common.save")}
        </Button>
      )}
    </form>
  );
}

/** One form for as long as the panel is open; what others change meanwhile comes in. */
function useRoomForm(room: Room, details: RoomDetails): RoomFormModel {
  const first = useRef(details);
  const model = useMemo(() => new RoomFormModel(room, first.current), [room]);
  useEffect(() => model.renew(details), [model, details]);
  return model;
}

function AccessChoice({ room, details, summary }: SettingsProps) {
  const { t } = useWords();
  const permissions = useStore(room.permissions);
  const [asking, setAsking] = useState(false);
  const { isBusy, run } = useAction({ done: "common.saved" });
  const access = accessOf(details.joinRule);
  const choose = (wanted: Access) => {
    if (wanted === access) return;
    if (access === "public") setAsking(true);
    else run(() => room.setJoinRule(accessRules[wanted]));
  };
  return (
    <>
      <Choices
        label={t("roomSettings.access")}
        value={access}
        isDisabled={!permissions.setJoinRule || isBusy}
        choices={[
          {
            value: "invite",
            icon: "lock",
            label: t("create.private"),
            hint: t("create.privateHint"),
          },
          {
            value: "knock",
            icon: "door",
            label: t("roomSettings.knock"),
            hint: t("roomSettings.knockHint"),
            isDisabled: access === "public",
          },
          {
            value: "public",
            icon: "globe",
            label: t("create.public"),
            hint: t(access === "public" ? "create.publicHint" : "roomSettings.neverPublic"),
            isDisabled: access !== "public",
          },
        ]}
        onChange={choose}
      />
      {summary.isEncrypted && <Note icon="shield">{t("roomSettings.encrypted")}</Note>}
      {asking && <MakePrivateDialog room={room} onClose={() => setAsking(false)} />}
    </>
  );
}

const visibilities: readonly HistoryVisibility[] = ["shared", "invited", "joined"];

function HistoryChoice({ room, details }: SettingsProps) {
  const { t } = useWords();
  const permissions = useStore(room.permissions);
  const { isBusy, run } = useAction({ done: "common.saved" });
  const now = details.historyVisibility;
  const offered = now === "world_readable" ? [now, ...visibilities] : visibilities;
  return (
    <Choices
      label={t("roomSettings.history")}
      value={now}
      isDisabled={!permissions.setHistoryVisibility || isBusy}
      choices={offered.map((value) => ({ value, label: t(`history.${value}`) }))}
      onChange={(value) => run(() => room.setHistoryVisibility(value))}
    />
  );
}
