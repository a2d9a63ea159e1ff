import { useMemo, useState } from "react";
import type { Member, Room } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Panel } from "../../parts/Panel.tsx";
import { PersonPicture } from "../../parts/Picture.tsx";
import { address } from "../../parts/routes.ts";
import { useNavigator } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { SearchField } from "../../ui/Field.tsx";
import { Waiting } from "../../ui/Feedback.tsx";
import { UniformList } from "../../ui/UniformList.tsx";
import { useStore } from "../../ui/useStore.ts";
import { InviteDialog } from "./InviteDialog.tsx";
import { type MemberRow, memberRows } from "./memberGroups.ts";

type Props = { readonly room: Room; readonly onClose: () => void };

/** Who is in the room. */
export function MembersPanel({ room, onClose }: Props) {
  const { t } = useWords();
  const { isComplete, members } = useStore(room.members);
  const permissions = useStore(room.permissions);
  const [query, setQuery] = useState("");
  const [isInviting, setInviting] = useState(false);
  const rows = useMemo(() => memberRows(members, query), [members, query]);
  return (
    <Panel title={t("members.title")} onClose={onClose}>
      <div className="members-head">
        <SearchField
          label={t("members.filter")}
          clearLabel={t("common.clear")}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onClear={() => setQuery("")}
        />
        {permissions.invite && (
          <Button icon="person-add" isWide onClick={() => setInviting(true)}>
            {t("members.invite")}
          </Button>
        )}
      </div>
      {!isComplete && members.length === 0 && <Waiting label={t("members.loading")} />}
      {rows.length === 0 && query !== "" && <p className="people-hint">{t("members.none")}</p>}
      <UniformList
        rows={rows}
        keyOf={keyOf}
        label={t("members.title")}
        draw={(row) =>
          row.kind === "title"
            ? <h3 className="member-title">{t(row.title, { count: row.count })}</h3>
            : <MemberLink room={room} member={row.member} />}
      />
      {isInviting && <InviteDialog room={room} onClose={() => setInviting(false)} />}
    </Panel>
  );
}

function keyOf(row: MemberRow): string {
  return row.key;
}

function MemberLink({ room, member }: { readonly room: Room; readonly member: Member }) {
  const { t } = useWords();
  const navigator = useNavigator();
  const route = {
    screen: "room",
    roomID: room.id,
    panel: { kind: "person", userID: member.id },
  } as const;
  return (
    <a
      className="member"
      href={address(route)}
      onClick={(event) => {
        event.preventDefault();
        navigator.go(route);
      }}
    >
      <PersonPicture person={member} size="s" />
      <bdi className="member-name clipped">{member.name}</bdi>
      {member.isSelf && <span className="member-self">{t("members.you")}</span>}
    </a>
  );
}
