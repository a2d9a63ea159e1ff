import { memo } from "react";
import type { RoomID } from "../matrix/contract.ts";
import { RoomListView } from "../features/room-list/RoomListView.tsx";
import { shortName } from "../locales/describe.ts";
import { useWords } from "../locales/Words.tsx";
import { Picture } from "../parts/Picture.tsx";
import { address, home, type Route } from "../parts/routes.ts";
import { useClient, useNavigator } from "../parts/Surroundings.tsx";
import { IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { IconName } from "../ui/icons.ts";
import { Logo } from "../ui/Logo.tsx";
import { useStore } from "../ui/useStore.ts";

type Props = {
  readonly current: RoomID | undefined;
  readonly screen: Route["screen"];
  /** It is all there is on a small screen. */
  readonly isMain: boolean;
  readonly onCreateRoom: () => void;
  readonly onNewDirect: () => void;
  readonly onFind: () => void;
  /** Looks for these words in all messages. */
  readonly onSearch: (text: string) => void;
};

/** The pane at the left: where one can go. */
export const Sidebar = memo(function Sidebar(props: Props) {
  const { t } = useWords();
  const Landmark = props.isMain ? "main" : "aside";
  return (
    <Landmark className="sidebar" aria-label={t("app.sidebar")}>
      {props.isMain && <h1 className="only-heard">{t("rooms.label")}</h1>}
      <header className="sidebar-head">
        <Go route={home} className="brand" label={t("app.home")}>
          <Logo size={32} />
          <span className="brand-name">Chappe</span>
        </Go>
        <IconButton
          icon="search"
          label={t("find.title")}
          tip={`${t("find.title")} (Ctrl+K)`}
          tipSide="below"
          onClick={props.onFind}
        />
      </header>
      <RoomListView
        current={props.current}
        onCreateRoom={props.onCreateRoom}
        onNewDirect={props.onNewDirect}
        onSearch={props.onSearch}
      />
      <nav className="sidebar-foot" aria-label={t("app.places")}>
        <SelfLink />
        <PlaceLink
          route={{ screen: "people" }}
          icon="book"
          label={t("people.title")}
          isCurrent={props.screen === "people"}
        />
        <PlaceLink
          route={{ screen: "directory" }}
          icon="compass"
          label={t("directory.title")}
          isCurrent={props.screen === "directory"}
        />
        <PlaceLink
          route={{ screen: "settings" }}
          icon="settings"
          label={t("settings.title")}
          isCurrent={props.screen === "settings"}
        />
      </nav>
    </Landmark>
  );
});

function SelfLink() {
  const profile = useStore(useClient().account.profile);
  const name = profile.name ?? profile.id;
  return (
    <div className="self">
      <Picture name={name} seed={profile.id} uri={profile.avatar} size="s" />
      <bdi className="self-name clipped">{shortName(name)}</bdi>
    </div>
  );
}

type PlaceProps = {
  readonly route: Route;
  readonly icon: IconName;
  readonly label: string;
  readonly isCurrent: boolean;
};

function PlaceLink({ route, icon, label, isCurrent }: PlaceProps) {
  return (
    <Go route={route} className="icon-button icon-button-m" label={label} isCurrent={isCurrent}>
      <Icon name={icon} />
    </Go>
  );
}

type GoProps = {
  readonly route: Route;
  readonly className: string;
  readonly label: string;
  readonly isCurrent?: boolean | undefined;
  readonly children: React.ReactNode;
};

/** A link within the client. */
function Go({ route, className, label, isCurrent = false, children }: GoProps) {
  const navigator = useNavigator();
  return (
    <a
      href={address(route)}
      className={className}
      aria-label={label}
      aria-current={isCurrent ? "page" : undefined}
      data-tip={label}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        navigator.go(route);
      }}
    >
      {children}
    </a>
  );
}
