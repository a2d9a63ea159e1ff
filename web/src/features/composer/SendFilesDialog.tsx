import { useEffect, useMemo, useState } from "react";
import { useWords } from "../../locales/Words.tsx";
import { useClient } from "../../parts/Surroundings.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextField } from "../../ui/Field.tsx";
import { Note } from "../../ui/Feedback.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useStore } from "../../ui/useStore.ts";
import { fitting } from "./fitting.ts";

type Props = {
  readonly files: readonly File[];
  readonly onClose: () => void;
  readonly onSend: (caption: string) => void;
};

/** Shows what is about to be sent, so that a slip of the hand sends nothing. */
export function SendFilesDialog({ files, onClose, onSend }: Props) {
  const { t, format } = useWords();
  const { maxUploadBytes } = useStore(useClient().account.limits);
  const { tooLarge, canSend } = fitting(files, maxUploadBytes);
  const [caption, setCaption] = useState("");
  const send = () => canSend && onSend(caption);
  return (
    <Dialog
      title={t("files.title", { count: files.length })}
      closeLabel={t("common.close")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" icon="send" disabled={!canSend} onClick={send}>
            {t("files.send")}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <ul className="files-list">
          {files.map((file, index) => (
            <li key={index} className="file-row">
              <Preview file={file} />
              <div className="file-words">
                <bdi className="file-name">{file.name}</bdi>
                <span className="file-size">{format.size(file.size)}</span>
              </div>
            </li>
          ))}
        </ul>
        {tooLarge.length > 0 && (
          <Note kind="problem">
            {t("files.tooLarge", { size: format.size(maxUploadBytes ?? 0) })}
          </Note>
        )}
        <TextField
          data-autofocus
          label={t("files.caption")}
          value={caption}
          maxLength={2000}
          onChange={(event) => setCaption(event.target.value)}
        />
      </form>
    </Dialog>
  );
}

function Preview({ file }: { readonly file: File }) {
  const isPicture = /^image\/(png|jpeg|gif|webp|avif)$/.test(file.type);
  const url = useMemo(() => isPicture ? URL.createObjectURL(file) : undefined, [file, isPicture]);
  useEffect(() => () => {
    if (url !== undefined) URL.revokeObjectURL(url);
  }, [url]);
  return (
    <span className="file-preview">
      {url === undefined ? <Icon name="file" /> : <img src={url} alt="" />}
    </span>
  );
}
