import { Autocomplete, Button, SegmentedControl, Skeleton, Tabs, TextInput } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailContent } from '#server/answers.ts';
import { Heading, Pending, Refusal, useAct } from '../admin/parts.tsx';
import { patch, post } from '../api/client.ts';
import type { RecordShape } from '../api/types.ts';
import { Attachments, useUploads } from '../compose/attachments.tsx';
import { languages } from '../i18n/i18n.ts';
import { SheetPage } from '../ui/sheet-page.tsx';
import { showToast } from '../ui/toast.tsx';
import { SharingFields } from './sharing-fields.tsx';
import { TemplatePreview } from './template-preview.tsx';
import style from './templates.module.css';
import {
  refreshShared,
  type Sharing,
  type Texts,
  useMayChange,
  useOneShared,
  useRemove,
  useShared,
} from './text-queries.ts';

/** The editor is larger than all the rest of the page. */
const TemplateText = lazy(() => import('./template-text.tsx').then((loaded) => ({ default: loaded.TemplateText })));

/** What the editor changes. */
interface Draft {
  name: string;
  kind: 'template' | 'snippet';
  folder: string;
  sharing: Sharing;
  team: string | null;
  texts: Texts;
  attachments: MailContent['attachments'];
}

/** Writes a template or a snippet: its texts on one side, on the other how it is read by somebody. */
export function TemplatePage() {
  const { id } = useParams({ from: '/app/templates/$id' });
  const template = useOneShared('mailTemplate', id);
  const isNew = id === 'new';
  return (
    <SheetPage width={1240}>
      {isNew || template.data ? (
        <TemplateEditor key={id} given={isNew ? undefined : template.data} />
      ) : (
        <Pending query={template} />
      )}
    </SheetPage>
  );
}

function TemplateEditor({ given }: { given: RecordShape | undefined }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [record, setRecord] = useState(given);
  const mayChange = useMayChange(record);
  const remove = useRemove('mailTemplate');
  const folders = useShared('mailTemplate');
  const saved = useMemo(() => draftOf(record), [record]);
  const [draft, setDraft] = useState(saved);
  const [language, setLanguage] = useState(() => firstLanguage(saved.texts, i18n.language));
  const { busy, problem, act } = useAct();
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const { uploading, attach } = useUploads((file) =>
    setDraft((before) => ({ ...before, attachments: [...before.attachments, file] })),
  );
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const write = (changes: { subject?: string; html?: string }) =>
    setDraft((before) => ({ ...before, texts: withText(before.texts, language, changes) }));
  const save = (as: Partial<Draft> = {}, isCopy = false) =>
    act(async () => {
      const { folder, ...rest } = { ...draft, ...as };
      const body = { ...rest, folder: folder.trim() || null, texts: forKind(rest.texts, rest.kind) };
      const kept =
        record && !isCopy
          ? await patch<RecordShape>(`/records/mailTemplate/${record.id}`, { ...body, version: record.version })
          : await post<RecordShape>('/records/mailTemplate', body);
      await refreshShared('mailTemplate');
      showToast(t('toast.saved'));
      if (kept.id === record?.id) {
        // As the server has cleaned it.
        setRecord(kept);
        setDraft(draftOf(kept));
      } else await navigate({ to: '/templates/$id', params: { id: kept.id } });
    });
  const copy = () => save({ sharing: 'private', team: null, name: t('templates.copyOf', { name: draft.name }) }, true);
  const folderNames = [...new Set((folders.data ?? []).flatMap(({ folder }) => (folder ? [String(folder)] : [])))];
  return (
    <>
      <title>{`${draft.name || t('templates.newText')} · Tendero`}</title>
      <Link to="/templates" className={style.back}>
        ← {t('templates.title')}
      </Link>
      <h1 className="visually-hidden">{t('templates.title')}</h1>
      <Heading title={draft.name || t('templates.newText')}>
        {record ? (
          <Button variant="default" loading={busy} onClick={() => void copy()}>
            {t('templates.copy')}
          </Button>
        ) : null}
        {record && mayChange ? (
          <Button
            variant="default"
            onClick={async () => {
              if (await remove(record.id, t('templates.removed', { name: draft.name })))
                void navigate({ to: '/templates' });
            }}
          >
            {t('templates.remove')}
          </Button>
        ) : null}
        {mayChange ? (
          <Button
            disabled={!isChanged || !draft.name.trim() || uploading.length > 0}
            loading={busy}
            onClick={() => void save()}
          >
            {t('common.save')}
          </Button>
        ) : null}
      </Heading>
      {mayChange ? null : <p className={style.quiet}>{t('templates.others')}</p>}
      <Refusal>{problem}</Refusal>
      <div className={style.sides}>
        <div className={style.stack}>
          <SegmentedControl
            className={style.parts}
            aria-label={t('templates.kind')}
            disabled={!mayChange}
            value={draft.kind}
            onChange={(kind) => set({ kind: kind as Draft['kind'] })}
            data={(['template', 'snippet'] as const).map((value) => ({ value, label: t(`templates.kinds.${value}`) }))}
          />
          <div className={style.pair}>
            <TextInput
              label={t('templates.name')}
              required
              maxLength={120}
              disabled={!mayChange}
              value={draft.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <Autocomplete
              label={t('templates.folder')}
              maxLength={80}
              disabled={!mayChange}
              value={draft.folder}
              onChange={(folder) => set({ folder })}
              data={folderNames}
            />
          </div>
          <SharingFields sharing={draft.sharing} team={draft.team} disabled={!mayChange} onChange={set} />
          <Tabs value={language} onChange={(value) => value && setLanguage(value)} keepMounted={false}>
            <Tabs.List>
              {languages.map(({ value, label }) => (
                <Tabs.Tab key={value} value={value}>
                  {label}
                  {isWritten(draft.texts[value]) ? null : (
                    <span className={style.quiet}> · {t('templates.empty')}</span>
                  )}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value={language} className={style.stack}>
              <Suspense fallback={<Skeleton mt="sm" height={240} />}>
                <TemplateText
                  key={language}
                  hasSubject={draft.kind === 'template'}
                  text={draft.texts[language]}
                  readOnly={!mayChange}
                  onChange={write}
                  onFiles={attach}
                />
              </Suspense>
            </Tabs.Panel>
          </Tabs>
          <Attachments
            files={draft.attachments}
            uploading={uploading}
            onChange={(attachments) => set({ attachments })}
          />
          {mayChange ? <AttachButton onFiles={attach} /> : null}
        </div>
        <TemplatePreview
          texts={useDeferredValue(draft.texts)}
          language={language}
          hasSubject={draft.kind === 'template'}
          attachments={draft.attachments}
        />
      </div>
    </>
  );
}

function AttachButton({ onFiles }: { onFiles(files: File[]): void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        className={style.attach}
        variant="default"
        leftSection={<IconPaperclip size={15} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {t('compose.attach')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

function draftOf(record: RecordShape | undefined): Draft {
  return {
    name: String(record?.name ?? ''),
    kind: (record?.kind ?? 'template') as Draft['kind'],
    folder: String(record?.folder ?? ''),
    sharing: (record?.sharing ?? 'private') as Sharing,
    team: (record?.team ?? null) as string | null,
    texts: (record?.texts ?? {}) as Texts,
    attachments: (record?.attachments ?? []) as Draft['attachments'],
  };
}

const isWritten = (text: Texts[string] | undefined) => Boolean(text?.html || text?.subject);

/** What is left of a language where nothing is written is nothing. */
function withText(texts: Texts, language: string, changes: { subject?: string; html?: string }): Texts {
  const { [language]: before, ...others } = texts;
  const after = { html: '', ...before, ...changes };
  return isWritten(after) ? { ...others, [language]: after } : others;
}

function forKind(texts: Texts, kind: Draft['kind']): Texts {
  if (kind === 'template') return texts;
  return Object.fromEntries(Object.entries(texts).map(([language, { html }]) => [language, { html }]));
}

function firstLanguage(texts: Texts, own: string): string {
  return texts[own] ? own : (languages.find(({ value }) => texts[value])?.value ?? own);
}
