import { useEffect, useState } from "react";
import type { Member, Person, Room, UserID } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Panel } from "../../parts/Panel.tsx";
import { PersonPicture } from "../../parts/Picture.tsx";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { Choices, Switch } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { IdentityLine } from "./IdentityLine.tsx";
import { PersonDialog } from "./PersonDialog.tsx";
import { givableRoles, type PersonVerb, personVerbs, roleOf } from "./personVerbs.ts";

type Props = {
  readonly room: Room;
  readonly userID: UserID;
  readonly onClose: () => void;
  readonly onBack: () => void;
};

/** One person, as they are in this room, and what can be done with them. */
export function PersonPanel({ room, userID, onClose, onBack }: Props) {
  const { t } = useWords();
  const client = useClient();
  const navigator = useNavigator();
  const { members } = useStore(room.members);
  const permissions = useStore(room.permissions);
  const ignored = useStore(client.account.ignoredUsers);
  const member = members.find((one) => one.id === userID);
  const person = usePerson(userID, member);
  const isSelf = useStore(client.account.profile).id === userID;
  const [asking, setAsking] = useState<PersonVerb>();
  const { isBusy, run } = useAction({ special: { M_FORBIDDEN: "people.cannotWrite" } });
  const isIgnored = ignored.includes(userID);

  const write = () =>
    run(async () =>
      navigator.go({ screen: "room", roomID: await client.rooms.startDirect(userID) })
    );

  return (
    <Panel title={t("person.title")} onClose={onClose} onBack={onBack}>
      <div className="person">
        <PersonPicture person={person} size="xl" />
        <p className="person-title">
          <bdi>{person.name}</bdi>
        </p>
        <p className="person-id">
          <bdi>{userID}</bdi>
        </p>
        {member && <p className="lead">{t(`role.${member.role}`)}</p>}
        {!isSelf && <IdentityLine userID={userID} />}
      </div>
      {!isSelf && (
        <Button kind="primary" icon="chat" isWide isBusy={isBusy} onClick={write}>
          {t("person.write")}
        </Button>
      )}
      {member && <RoleChoice room={room} member={member} />}
      {!isSelf && (
        <Switch
          label={t("person.ignore")}
          hint={t("person.ignoreHint")}
          isOn={isIgnored}
          onChange={(isOn) => run(() => client.account.setIgnored(userID, isOn))}
        />
      )}
      {member && (
        <div className="person-verbs">
          {personVerbs(member, permissions).map((verb) => (
            <Button
              key={verb}
              isWide
              onClick={() => setAsking(verb)}
            >
              {t(`person.${verb}`)}
            </Button>
          ))}
        </div>
      )}
      {asking && (
        <PersonDialog
          room={room}
          person={person}
          verb={asking}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Panel>
  );
}

function RoleChoice({ room, member }: { readonly room: Room; readonly member: Member }) {
  const { t } = useWords();
  const permissions = useStore(room.permissions);
  const [wanted, setWanted] = useState<number>();
  const { isBusy, run } = useAction({ done: "person.roleChanged" });
  const roles = givableRoles(member, permissions);
  if (roles.length < 2) return null;
  const now = String(wanted ?? roleOf(member.power));
  return (
    <Choices
      label={t("person.role")}
      value={now}
      isDisabled={isBusy}
      choices={roles.map((power) => ({
        value: String(power),
        label: t(power === 100 ? "role.admin" : power === 50 ? "role.moderator" : "role.member"),
        hint: t(
          power === 100
            ? "role.adminHint"
            : power === 50
            ? "role.moderatorHint"
            : "role.memberHint",
        ),
      }))}
      onChange={async (value) => {
        setWanted(Number(value));
        await run(() => room.setPower(member.id, Number(value)));
        setWanted(undefined);
      }}
    />
  );
}

/** The person as a member, or else as the directory knows them. */
function usePerson(userID: UserID, member: Member | undefined): Person {
  const { directory } = useClient();
  const [found, setFound] = useState<Person>();
  const isKnown = member !== undefined;
  useEffect(() => {
    if (isKnown) return;
    let isDrawn = true;
    directory.profile(userID).then(({ id, name, avatar }) => {
      if (!isDrawn) return;
      setFound({ id, name: name ?? id, ...(avatar === undefined ? {} : { avatar }) });
    }, () => {});
    return () => void (isDrawn = false);
  }, [directory, userID, isKnown]);
  return member ?? (found?.id === userID ? found : { id: userID, name: userID });
}
