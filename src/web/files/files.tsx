import { ActionIcon, Button, FileButton, Progress, Skeleton } from '@mantine/core';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { formatAgo, formatBytes } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { Definition, Page, RecordShape } from '../api/types.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { useRecordContext } from '../record/page-context.ts';
import related from '../record/related.module.css';
import { problemText, showProblem, showUndo } from '../ui/toast.tsx';
import { FileGlyph } from './file-glyph.tsx';
import style from './files.module.css';
import { openPreview } from './open-preview.tsx';
import { type Sending, useUploads } from './use-uploads.ts';

/** The files of a record: dropped anywhere on its page, looked at, taken along, put in the trash. */
export function Files() {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { definition, record, compact } = useRecordContext();
  const attachment = definitions.get('attachment');
  const target = { object: definition.name, id: record.id };
  const uploads = useUploads(attachment, target);
  const query = useInfiniteQuery(filesQuery(attachment, target));
  const canAdd = attachment?.can.create === true && !record.deletedAt && !compact;
  const isOver = useDropped(canAdd, uploads.add);
  if (!attachment) return null;
  const items = (query.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <section className={`${related.list} ${style.files}`} data-over={isOver} aria-label={attachment.label.many}>
      <header>
        <IconPaperclip size={14} aria-hidden />
        <h2>{attachment.label.many}</h2>
        <span className={related.spring} />
        {canAdd ? (
          <FileButton multiple onChange={uploads.add}>
            {(props) => (
              <ActionIcon {...props} size="sm" aria-label={t('files.add')} title={t('files.add')}>
                <IconPlus size={14} />
              </ActionIcon>
            )}
          </FileButton>
        ) : null}
      </header>
      {uploads.sending.map((one) => (
        <Upload
          key={one.key}
          sending={one}
          onRetry={() => uploads.retry(one.key)}
          onCancel={() => uploads.cancel(one.key)}
        />
      ))}
      {query.isPending ? <Skeleton height={32} /> : null}
      {query.isError ? <p className={related.quiet}>{problemText(query.error)}</p> : null}
      <ul>
        {items.map((item) => (
          <FileItem key={item.id} attachment={attachment} item={item} all={items} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
      {canAdd && (isOver || (query.isSuccess && items.length === 0 && uploads.sending.length === 0)) ? (
        <p className={style.drop}>{t(isOver ? 'files.dropNow' : 'files.drop')}</p>
      ) : null}
    </section>
  );
}

function FileItem({
  attachment,
  item,
  all,
}: {
  attachment: Definition;
  item: RecordShape;
  all: readonly RecordShape[];
}) {
  const { t } = useTranslation();
  const { language, fileHref } = useFieldEnvironment();
  const [file] = (item.file ?? []) as FileLink[];
  if (!file) return null;
  const name = String(item.name ?? file.name);
  const remove = async () => {
    try {
      const changeSet = await removeRecord(attachment, item.id);
      showUndo(t('record.deleted', { title: name }), () => undoChange(attachment, changeSet));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <li className={`${related.item} ${style.item}`}>
      <button
        type="button"
        className={style.open}
        onClick={() =>
          openPreview(
            file,
            all.flatMap((one) => (one.file ?? []) as FileLink[]),
          )
        }
      >
        <FileGlyph file={file} />
        <span className={style.names}>
          <bdi className={style.name} title={name}>
            {name}
          </bdi>
          <span className={related.quiet}>
            {formatBytes(file.size, language)} · {formatAgo(String(item.createdAt), language)}
          </span>
        </span>
      </button>
      <ActionIcon
        component="a"
        size="sm"
        href={fileHref(file.id)}
        download={file.name}
        aria-label={t('files.download', { name })}
      >
        <IconDownload size={14} />
      </ActionIcon>
      {attachment.can.delete ? (
        <ActionIcon size="sm" aria-label={t('files.delete', { name })} onClick={() => void remove()}>
          <IconTrash size={14} />
        </ActionIcon>
      ) : null}
    </li>
  );
}

function Upload({ sending, onRetry, onCancel }: { sending: Sending; onRetry(): void; onCancel(): void }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const { file, progress, error, state } = sending;
  const percent = Math.round(progress * 100);
  return (
    <div className={style.upload} data-state={state}>
      <div className={style.uploadHead}>
        <bdi className={style.name}>{file.name}</bdi>
        <span className={related.quiet}>{state === 'failed' ? null : formatBytes(file.size, language)}</span>
        {state === 'failed' ? (
          <ActionIcon size="xs" aria-label={t('files.retry', { name: file.name })} onClick={onRetry}>
            <IconRefresh size={13} />
          </ActionIcon>
        ) : null}
        <ActionIcon size="xs" aria-label={t('files.cancel', { name: file.name })} onClick={onCancel}>
          <IconX size={13} />
        </ActionIcon>
      </div>
      {state === 'failed' ? (
        <p role="alert">{problemText(error)}</p>
      ) : (
        <Progress value={percent} size={4} aria-label={t('files.progress', { name: file.name })} />
      )}
    </div>
  );
}

function filesQuery(attachment: Definition | undefined, { object, id }: { object: string; id: string }) {
  return infiniteQueryOptions({
    queryKey: ['records', 'attachment', 'list', 'files', object, id],
    enabled: attachment !== undefined,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      readPage(
        'attachment',
        {
          filter: { targetObject: { is: object }, targetId: { is: id } },
          sort: ['-createdAt'],
          limit: 20,
          cursor: pageParam ?? undefined,
        },
        signal,
      ),
    getNextPageParam: (page: Page) => page.next,
  });
}

/** Files may be dropped anywhere on the page: aiming is no fun. Says whether some are above it. */
function useDropped(isWanted: boolean, onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!isWanted) return;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const out = (event: DragEvent) => {
      // Moving from one element to the next is no leaving.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', out);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', out);
      window.removeEventListener('drop', drop);
    };
  }, [isWanted, onFiles]);
  return isOver;
}
