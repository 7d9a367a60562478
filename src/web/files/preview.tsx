import { ActionIcon, Button, Modal, Skeleton } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { formatBytes } from '#kernel/fields/web/format.ts';
import related from '../record/related.module.css';
import { isPicture } from './file-glyph.tsx';
import style from './files.module.css';
import { Mail } from './mail.tsx';
import { Tiff } from './tiff.tsx';

/** More of a text nobody reads here. */
const MOST_TEXT = 200 * 1024;

/** A picture, a PDF, the pages of a fax, a mail or a text as it is; of anything else what is known of it. */
export function Preview({ first, among, onClose }: { first: FileLink; among: readonly FileLink[]; onClose(): void }) {
  const { t } = useTranslation();
  const { fileHref, language } = useFieldEnvironment();
  const [file, setFile] = useState(first);
  const at = among.findIndex(({ id }) => id === file.id);
  const go = (by: number) => {
    const next = among[at + by];
    if (next) setFile(next);
  };
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={<bdi className={style.previewTitle}>{file.name}</bdi>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') go(-1);
        if (event.key === 'ArrowRight') go(1);
      }}
    >
      <div className={style.preview}>
        <Content key={file.id} file={file} />
      </div>
      <div className={style.previewFoot}>
        {among.length > 1 ? (
          <>
            <ActionIcon aria-label={t('files.previous')} disabled={at <= 0} onClick={() => go(-1)}>
              <IconChevronLeft size={16} />
            </ActionIcon>
            <ActionIcon aria-label={t('files.next')} disabled={at >= among.length - 1} onClick={() => go(1)}>
              <IconChevronRight size={16} />
            </ActionIcon>
          </>
        ) : null}
        <span className={related.quiet}>
          {file.type} · {formatBytes(file.size, language)}
        </span>
        <span className={related.spring} />
        <Button
          component="a"
          variant="default"
          href={fileHref(file.id)}
          download={file.name}
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {t('files.take')}
        </Button>
      </div>
    </Modal>
  );
}

function Content({ file }: { file: FileLink }) {
  const { t } = useTranslation();
  const { fileHref } = useFieldEnvironment();
  if (isPicture(file.type)) return <img src={fileHref(file.id, true)} alt={file.name} />;
  if (file.type === 'application/pdf') return <iframe src={fileHref(file.id, true)} title={file.name} />;
  if (file.type === 'image/tiff') return <Tiff file={file} />;
  if (file.type === 'message/rfc822') return <Mail file={file.id} />;
  if (file.type.startsWith('text/') || file.type === 'application/json') return <Text file={file} />;
  return <p className={style.noPreview}>{t('files.noPreview')}</p>;
}

/** As text, whatever it says: a page that somebody uploaded is shown as its source. */
function Text({ file }: { file: FileLink }) {
  const { t } = useTranslation();
  const { fileHref } = useFieldEnvironment();
  const text = useQuery({
    queryKey: ['files', file.id],
    queryFn: async ({ signal }) => {
      const headers = file.size > MOST_TEXT ? { range: `bytes=0-${MOST_TEXT - 1}` } : undefined;
      const answer = await fetch(fileHref(file.id), { signal, headers });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    },
  });
  if (text.isPending) return <Skeleton height={200} />;
  if (text.isError) return <p className={style.noPreview}>{t('problem.title')}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <pre dir="auto" tabIndex={0}>
      {text.data}
      {file.size > MOST_TEXT ? '…' : null}
    </pre>
  );
}
