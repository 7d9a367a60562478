import { ActionIcon, Autocomplete, Button, FileButton, Loader, Select, Textarea, TextInput } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes } from '#kernel/fields/web/format.ts';
import type { MailContent, OutgoingMailAnswer } from '#server/answers.ts';
import { Refusal, useAct } from '../admin/parts.tsx';
import { get, post, request } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { newRecordId } from '../api/record-id.ts';
import { upload } from '../api/upload.ts';
import { refreshTimelines } from '../record/timeline-query.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText, showToast } from '../ui/toast.tsx';
import style from './fax.module.css';
import { gatewaysQuery } from './fax-queries.ts';
import type { FaxStart } from './fax-start.ts';

type FaxFile = MailContent['attachments'][number];

/** A fax: to which number, and what. It goes the way of all mails, so that it is sent once and can be taken back until then. */
export function FaxDialog({ start, onClose }: { start: FaxStart; onClose(sent: boolean | null): void }) {
  const draft = useQuery({
    queryKey: ['mails', 'draft', start.draft],
    queryFn: () => get<OutgoingMailAnswer>(`/mails/${start.draft}`),
    enabled: start.draft !== undefined,
    staleTime: 0,
    gcTime: 0,
  });
  if (draft.isError) return <ErrorState error={draft.error} onRetry={() => void draft.refetch()} />;
  if (start.draft && !draft.data) return null;
  return <Form start={start} draft={draft.data ?? null} onClose={onClose} />;
}

function Form({
  start,
  draft,
  onClose,
}: {
  start: FaxStart;
  draft: OutgoingMailAnswer | null;
  onClose(sent: boolean | null): void;
}) {
  const { t, i18n } = useTranslation();
  const gateways = useQuery(gatewaysQuery);
  const numbers = start.numbers ?? [];
  const faxes = numbers.filter(({ label }) => /fax|faks/i.test(label ?? ''));
  const [gateway, setGateway] = useState<string | null>(draft?.content.fax ?? null);
  const [number, setNumber] = useState(draft?.content.to[0]?.address ?? faxes[0]?.value ?? '');
  const [subject, setSubject] = useState(draft?.content.subject ?? start.subject ?? '');
  const [text, setText] = useState(draft ? textOf(draft.content.html) : '');
  const [files, setFiles] = useState<readonly FaxFile[]>(draft?.content.attachments ?? []);
  const [sending, setSending] = useState(0);
  // The same at every try: an answer that was lost does not make a second fax.
  const [id] = useState(() => draft?.id ?? newRecordId());
  const [revision, setRevision] = useState(draft?.revision ?? null);
  const { busy, problem, act } = useAct();
  const items = gateways.data?.items ?? [];
  const through = items.find((one) => one.id === gateway) ?? items[0];
  const add = (chosen: File[]) =>
    act(async () => {
      setSending((count) => count + chosen.length);
      for (const file of chosen)
        try {
          const kept = (await upload(file, () => {}).done) as unknown as FaxFile;
          setFiles((all) => [...all, kept]);
        } finally {
          setSending((count) => count - 1);
        }
    });
  const send = () =>
    act(async () => {
      const content: MailContent = {
        ...{ mailbox: through!.mailbox, fax: through!.id, subject, html: htmlOf(text), attachments: [...files] },
        ...{ to: [{ name: start.name ?? draft?.content.to[0]?.name ?? '', address: number }], cc: [], bcc: [] },
        ...{ signature: '', quote: '', language: i18n.language },
        ...{
          replyTo: start.replyTo ?? draft?.content.replyTo ?? null,
          about: start.about ?? draft?.content.about ?? {},
        },
      };
      const kept = await request<OutgoingMailAnswer>('PUT', `/mails/${id}`, { body: { content, revision } });
      setRevision(kept.revision);
      await post(`/mails/${id}/send`, {});
      await queryClient.invalidateQueries({ queryKey: ['mails'] });
      refreshTimelines();
      showToast(t('fax.onItsWay'));
      onClose(true);
    });
  return (
    <FormDialog
      title={t('fax.write')}
      submit={t('fax.send')}
      busy={busy || sending > 0}
      disabled={!through || !number.trim() || (files.length === 0 && !text.trim())}
      onSubmit={() => void send()}
      onClose={() => onClose(null)}
    >
      {gateways.isError ? <Refusal>{problemText(gateways.error)}</Refusal> : null}
      <Autocomplete
        label={t('fax.number')}
        required
        data-autofocus
        type="tel"
        value={number}
        onChange={setNumber}
        data={[...new Set(numbers.map(({ value }) => value))]}
      />
      {items.length > 1 ? (
        <Select
          label={t('fax.through')}
          allowDeselect={false}
          value={through?.id ?? null}
          onChange={setGateway}
          data={items.map((one) => ({ value: one.id, label: `${one.name} (${one.number})` }))}
        />
      ) : null}
      <TextInput
        label={t('fax.subject')}
        maxLength={300}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <div>
        <Files files={files} sending={sending} onChange={setFiles} />
        <FileButton multiple accept="application/pdf,image/tiff,.pdf,.tif,.tiff" onChange={(all) => void add(all)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              size="compact-sm"
              leftSection={<IconPaperclip size={14} aria-hidden />}
            >
              {t('fax.addFiles')}
            </Button>
          )}
        </FileButton>
      </div>
      <Textarea
        label={t('fax.text')}
        description={t('fax.textHelp')}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Refusal>{problem}</Refusal>
    </FormDialog>
  );
}

function Files({
  files,
  sending,
  onChange,
}: {
  files: readonly FaxFile[];
  sending: number;
  onChange(files: readonly FaxFile[]): void;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  if (files.length + sending === 0) return null;
  return (
    <ul className={style.files} aria-label={t('fax.files')}>
      {files.map((file) => (
        <li key={file.id}>
          <bdi>{file.name}</bdi> <small>{formatBytes(file.size, language)}</small>
          <ActionIcon
            size="sm"
            aria-label={t('fax.leaveOut', { name: file.name })}
            onClick={() => onChange(files.filter((one) => one !== file))}
          >
            <IconX size={13} />
          </ActionIcon>
        </li>
      ))}
      {sending > 0 ? (
        <li aria-busy>
          <Loader size={14} />
        </li>
      ) : null}
    </ul>
  );
}

function htmlOf(text: string): string {
  const escaped = text.trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped
    .split('\n')
    .map((line) => (escaped ? `<p>${line}</p>` : ''))
    .join('');
}

function textOf(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return Array.from(body.children, (line) => line.textContent).join('\n');
}
