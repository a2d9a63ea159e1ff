import { Fragment } from "react";
import type { Translate } from "../locales/translate.ts";
import { useWords } from "../locales/Words.tsx";
import { useLocalSettings, useSurroundings } from "../parts/Surroundings.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Switch } from "../ui/Field.tsx";
import { shortcutGroups } from "./shortcuts.ts";

/** All that the keyboard can do. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const { settings } = useSurroundings();
  const { hasSingleKeys } = useLocalSettings();
  return (
    <Dialog title={t("shortcuts.title")} closeLabel={t("common.close")} size="l" onClose={onClose}>
      <div
        className="shortcuts"
        data-autofocus
        tabIndex={0}
        role="group"
        aria-label={t("shortcuts.title")}
      >
        {shortcutGroups.map((group) => (
          <section key={group.title}>
            <h3 className="settings-title">{t(group.title)}</h3>
            <dl className="shortcut-list">
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.does} className="shortcut">
                  <dt>{t(shortcut.does)}</dt>
                  <dd>
                    {shortcut.keys.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && <span className="shortcut-plus">+</span>}
                        <kbd>{namedKey(key, t)}</kbd>
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        label={t("settings.singleKeys")}
        hint={t("settings.singleKeysHint")}
        isOn={hasSingleKeys}
        onChange={(isOn) =>
          settings.change({ hasSingleKeys: isOn })}
      />
    </Dialog>
  );
}

/** Keys whose name depends on the language. */
function namedKey(key: string, t: Translate): string {
  switch (key) {
    case "Maj":
      return t("key.shift");
    case "Entrée":
      return t("key.enter");
    case "Échap":
      return t("key.escape");
    case "Suppr":
      return t("key.delete");
    default:
      return key;
  }
}
