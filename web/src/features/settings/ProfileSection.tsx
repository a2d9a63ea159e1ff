import { useEffect, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { PictureField } from "../../parts/PictureField.tsx";
import { Picture } from "../../parts/Picture.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Section } from "./Section.tsx";

/** How others see the person, and the way out. */
export function ProfileSection({ onSignOut }: { readonly onSignOut: () => void }) {
  const { t } = useWords();
  const { account } = useClient();
  const profile = useStore(account.profile);
  const limits = useStore(account.limits);
  const [name, setName] = useState(profile.name ?? "");
  const { isBusy, run } = useAction({ done: "common.saved" });
  useEffect(() => setName(profile.name ?? ""), [profile.name]);
  const isChanged = name.trim() !== "" && name.trim() !== profile.name;
  return (
    <Section title={t("settings.profile")}>
      <PictureField
        drawing={
          <Picture
            name={profile.name ?? profile.id}
            seed={profile.id}
            uri={profile.avatar}
            size="xl"
          />
        }
        label={t("settings.picture")}
        isAllowed={limits.canChangeAvatar}
        hasPicture={profile.avatar !== undefined}
        onChange={(picture) => account.setAvatar(picture)}
      />
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) run(() => account.setDisplayName(name.trim()));
        }}
      >
        <TextField
          label={t("settings.name")}
          hint={limits.canChangeDisplayName ? undefined : t("settings.nameFixed")}
          value={name}
          maxLength={120}
          autoComplete="name"
          disabled={!limits.canChangeDisplayName}
          onChange={(event) => setName(event.target.value)}
        />
        <p className="lead">
          {t("settings.address")} <bdi className="settings-id">{profile.id}</bdi>
        </p>
        <div className="settings-verbs">
          {limits.canChangeDisplayName && (
            <Button kind="primary" type="submit" isBusy={isBusy} disabled={!isChanged}>
              {t("common.save")}
            </Button>
          )}
          <Button icon="door" onClick={onSignOut}>{t("signOut.title")}</Button>
        </div>
      </form>
    </Section>
  );
}
