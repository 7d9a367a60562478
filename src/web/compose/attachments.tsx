import { ActionIcon } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes } from '#kernel/fields/web/format.ts';
import type { MailContent } from '#server/answers.ts';
import { isProblem } from '../api/problem.ts';
import { upload } from '../api/upload.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './compose.module.css';

type Attachment = MailContent['attachments'][number];

/** A file on its way to the server. */
interface Uploading {
  readonly name: string;
  readonly share: number;
  cancel(): void;
}

/** @param onDone told of each file that has arrived */
export function useUploads(onDone: (file: Attachment) => void) {
  const [uploading, setUploading] = useState<readonly Uploading[]>([]);
  const attach = (chosen: readonly File[]) => {
    for (const file of chosen) {
      const sending = upload(file, (share) =>
        setUploading((all) => all.map((one) => (one.cancel === cancel ? { ...one, share } : one))),
      );
      const { cancel } = sending;
      setUploading((all) => [...all, { name: file.name, share: 0, cancel }]);
      sending.done
        .then((link) => onDone(link as never))
        .catch((error) => !(isProblem(error) && error.code === 'cancelled') && showProblem(error))
        .finally(() => setUploading((all) => all.filter((one) => one.cancel !== cancel)));
    }
  };
  return { uploading, attach };
}

/** What goes with a mail, and what is still on its way. */
export function Attachments({
  files,
  uploading,
  onChange,
}: {
  files: readonly Attachment[];
  uploading: readonly Uploading[];
  onChange(files: Attachment[]): void;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  if (files.length + uploading.length === 0) return null;
  return (
    <ul className={style.files} aria-label={t('compose.files')}>
      {files.map((file) => (
        <li key={file.id}>
          <IconPaperclip size={13} aria-hidden />
          <bdi>{file.name}</bdi> <small>{formatBytes(file.size, language)}</small>
          <Remove name={file.name} onClick={() => onChange(files.filter((one) => one !== file))} />
        </li>
      ))}
      {uploading.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two files of one name may be on their way
        <li key={`${one.name} ${index}`} aria-busy>
          <bdi>{one.name}</bdi> <small>{Math.round(one.share * 100)} %</small>
          <Remove name={one.name} onClick={one.cancel} />
        </li>
      ))}
    </ul>
  );
}

function Remove({ name, onClick }: { name: string; onClick(): void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon size="xs" aria-label={t('compose.remove', { name })} onClick={onClick}>
      <IconX size={12} aria-hidden />
    </ActionIcon>
  );
}
