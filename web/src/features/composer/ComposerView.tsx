import {
  type ClipboardEvent,
  type KeyboardEvent,
  memo,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { EventItem, Room } from "../../matrix/contract.ts";
import { isolated } from "../../locales/translate.ts";
import { useWords } from "../../locales/Words.tsx";
import { EmojiPicker } from "../../parts/emoji/laterEmojiPicker.ts";
import { useAction } from "../../parts/useAction.ts";
import { useLocalSettings } from "../../parts/Surroundings.tsx";
import { useMaybe, useSecurity } from "../../parts/useSecurity.ts";
import { IconButton } from "../../ui/Button.tsx";
import { Popup } from "../../ui/Menu.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { focusSoon } from "../../ui/focusSoon.ts";
import { useStore } from "../../ui/useStore.ts";
import { ComposerBanner } from "./ComposerBanner.tsx";
import type { ComposerModel } from "./ComposerModel.ts";
import { composerKey } from "./composerKey.ts";
import { CompletionList } from "./CompletionList.tsx";
import { SendFilesDialog } from "./SendFilesDialog.tsx";
import { TypingLine } from "./TypingLine.tsx";
import { useGrowing } from "./useGrowing.ts";
import { useSuggestions } from "./useSuggestions.ts";

export type ComposerHandle = {
  focus(): void;
  /** Asks what to say about these files, then sends them. */
  offer(files: readonly File[]): void;
};

type Props = {
  readonly room: Room;
  readonly model: ComposerModel;
  readonly label: string;
  readonly lastEditable: () => EventItem | undefined;
  /** Asked once, when one can begin to write: whether the focus may come here. */
  readonly takesFocus: () => boolean;
  readonly handle: Ref<ComposerHandle>;
};

/** Where one writes. A keystroke draws this again, and nothing else. */
export const ComposerView = memo(function ComposerView(props: Props) {
  const { t } = useWords();
  const permissions = useStore(props.room.permissions);
  const isKnown = useStore(props.room.details) !== undefined;
  // Where messages cannot be encrypted, none is sent that all could read.
  const isEncrypted = useStore(props.room.summary)?.isEncrypted ?? false;
  const security = useSecurity();
  const changed = useMaybe(isEncrypted ? security?.changedIn(props.room.id) : undefined);
  const feared = changed?.find(({ wasConfirmed }) => wasConfirmed);
  const isClosed = isEncrypted && security === undefined;
  if (!isKnown) return <div className="composer composer-unknown" />;
  if (!permissions.send || isClosed) {
    return (
      <div className="composer composer-closed">
        <Note icon="lock">{t(isClosed ? "composer.closed" : "composer.readOnly")}</Note>
        <TypingLine room={props.room} />
      </div>
    );
  }
  if (feared !== undefined) {
    return (
      <div className="composer composer-closed">
        <Note icon="alert">{t("composer.changed", { name: isolated(feared.name) })}</Note>
        <TypingLine room={props.room} />
      </div>
    );
  }
  return <OpenComposer {...props} />;
});

function OpenComposer({ room, model, label, lastEditable, takesFocus, handle }: Props) {
  const { t } = useWords();
  const { enterSends } = useLocalSettings();
  const draft = useStore(model.draft);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const emojiButton = useRef<HTMLButtonElement>(null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [emojiBeside, setEmojiBeside] = useState<Element | null>(null);
  const { run } = useAction();
  const cursor = useCursor(area);
  const suggestions = useSuggestions(room, model);
  const listID = useId();
  const isListOpen = suggestions.all.length > 0;
  useGrowing(area, draft.text);

  useImperativeHandle(handle, () => ({
    focus: () => focusSoon(area.current),
    offer: (given) => given.length > 0 && setFiles(given),
  }), []);
  useEffect(() => {
    if (takesFocus()) focusSoon(area.current);
  }, []);
  useLayoutEffect(() => {
    if (draft.replyTo !== undefined || draft.editing !== undefined) focusSoon(area.current);
  }, [draft.replyTo, draft.editing]);

  const take = (index: number) => {
    const suggestion = suggestions.all[index];
    if (suggestion !== undefined) cursor.put(model.take(suggestion));
  };
  const startEditing = (item: EventItem) =>
    run(async () => {
      await model.startEditing(item);
      cursor.put(model.draft.get().text.length);
    });
  const send = () => run(() => model.send());

  const act = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const verb = composerKey(event, event.nativeEvent.isComposing, {
      enterSends,
      isListOpen,
      isEmpty: draft.text === "" && draft.editing === undefined,
      isEditing: draft.editing !== undefined,
      isReplying: draft.replyTo !== undefined,
    });
    if (verb === undefined) return;
    const last = verb === "editLast" ? lastEditable() : undefined;
    if (verb === "editLast" && last === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    switch (verb) {
      case "send":
        return void send();
      case "editLast":
        return void (last && startEditing(last));
      case "stopEditing":
        return model.stopEditing();
      case "stopReply":
        return model.stopReply();
      case "closeList":
        return model.closeCompletion();
      case "take":
        return take(suggestions.active);
      case "next":
        return suggestions.move(1);
      case "previous":
        return suggestions.move(-1);
      case "bold":
        return cursor.select(model.wrap("**", selectionStart, selectionEnd));
      case "italic":
        return cursor.select(model.wrap("*", selectionStart, selectionEnd));
      case "code":
        return cursor.select(model.wrap("`", selectionStart, selectionEnd));
    }
  };

  const paste = (event: ClipboardEvent) => {
    const given = [...event.clipboardData.files];
    if (given.length === 0) return;
    event.preventDefault();
    setFiles(given);
  };

  return (
    <div className="composer">
      <ComposerBanner model={model} draft={draft} />
      {isListOpen && (
        <CompletionList
          id={listID}
          suggestions={suggestions.all}
          active={suggestions.active}
          onTake={take}
        />
      )}
      <div className="composer-frame">
        <IconButton
          icon="attach"
          label={t("composer.attach")}
          onClick={() => picker.current?.click()}
        />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={(event) => {
            setFiles([...event.target.files ?? []]);
            event.target.value = "";
          }}
        />
        <textarea
          ref={area}
          className="composer-text scrolls"
          rows={1}
          value={draft.text}
          placeholder={label}
          aria-label={label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={isListOpen ? listID : undefined}
          aria-activedescendant={isListOpen ? `${listID}-${suggestions.active}` : undefined}
          {...{ enterKeyHint: enterSends ? "send" : "enter" }}
          dir="auto"
          onChange={(event) => model.edit(event.target.value, event.target.selectionStart)}
          onKeyDown={act}
          onPaste={paste}
          onBlur={() => room.setTyping(false)}
        />
        <IconButton
          ref={emojiButton}
          icon="emoji"
          label={t("composer.emoji")}
          aria-haspopup="dialog"
          aria-expanded={emojiBeside !== null}
          onClick={() => setEmojiBeside(emojiBeside === null ? emojiButton.current : null)}
        />
        <IconButton
          icon={draft.editing === undefined ? "send" : "check"}
          kind="primary"
          label={t(draft.editing === undefined ? "composer.send" : "composer.save")}
          disabled={draft.text.trim() === ""}
          onClick={() => {
            send();
            area.current?.focus();
          }}
        />
      </div>
      <TypingLine room={room} />
      {emojiBeside && (
        <Popup
          label={t("composer.emoji")}
          beside={emojiBeside}
          className="emoji-popup"
          onClose={() => {
            setEmojiBeside(null);
            focusSoon(area.current);
          }}
        >
          <EmojiPicker
            onPick={(characters) => {
              const { selectionStart = 0, selectionEnd = 0 } = area.current ?? {};
              setEmojiBeside(null);
              focusSoon(area.current);
              cursor.put(model.insert(characters, selectionStart, selectionEnd));
            }}
          />
        </Popup>
      )}
      {files.length > 0 && (
        <SendFilesDialog
          files={files}
          onClose={() => setFiles([])}
          onSend={(caption) => {
            setFiles([]);
            run(() => model.sendFiles(files, caption)).then(() => focusSoon(area.current));
          }}
        />
      )}
    </div>
  );
}

/** Moves the cursor once the text is drawn. */
function useCursor(area: React.RefObject<HTMLTextAreaElement>) {
  const wanted = useRef<readonly [number, number]>();
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    area.current?.setSelectionRange(...wanted.current);
    wanted.current = undefined;
  });
  return {
    put: (at: number) => void (wanted.current = [at, at]),
    select: (range: readonly [number, number]) => void (wanted.current = range),
  };
}
