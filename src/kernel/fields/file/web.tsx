import { ActionIcon, Button, FileButton } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps, FileLink } from '../web/field-web.ts';
import { formatBytes } from '../web/format.ts';

export function Display({ value }: DisplayProps<readonly FileLink[]>) {
  const { fileHref, language } = useFieldEnvironment();
  return (
    <span className={style.stack}>
      {value.map((file) => (
        <a key={file.id} className={`${style.link} ${style.truncate}`} href={fileHref(file.id)} download={file.name}>
          {file.name} <span className={style.quiet}>{formatBytes(file.size, language)}</span>
        </a>
      ))}
    </span>
  );
}

export function Cell({ value }: DisplayProps<readonly FileLink[]>) {
  return <span>{value.map((file) => file.name).join(', ')}</span>;
}

export function Editor({ value, onChange, id, field }: EditorProps<readonly FileLink[]>) {
  const { t } = useTranslation();
  const { uploadFile } = useFieldEnvironment();
  const [state, setState] = useState<'idle' | 'sending' | 'failed'>('idle');
  const files = value ?? [];
  const add = async (chosen: File[]) => {
    setState('sending');
    try {
      onChange([...files, ...(await Promise.all(chosen.map(uploadFile)))]);
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return (
    <div className={style.stack}>
      {files.map((file) => (
        <div className={style.row} key={file.id}>
          <span className={style.truncate}>{file.name}</span>
          <ActionIcon
            aria-label={t('field.removeFile', { name: file.name })}
            onClick={() => onChange(files.length === 1 ? null : files.filter(({ id: other }) => other !== file.id))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <FileButton multiple onChange={(chosen) => void add(chosen)}>
        {(button) => (
          <Button
            {...button}
            id={id}
            aria-label={`${field.label}: ${t('field.addFile')}`}
            variant="default"
            leftSection={<IconPaperclip size={14} />}
            loading={state === 'sending'}
          >
            {t('field.addFile')}
          </Button>
        )}
      </FileButton>
      {state === 'failed' ? <span role="alert">{t('field.uploadFailed')}</span> : null}
    </div>
  );
}
