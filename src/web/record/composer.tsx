import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { newKey } from '../api/client.ts';
import { type Definitions, useDefinitions } from '../api/definitions.ts';
import { queryClient, recordQuery } from '../api/queries.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { createRecord } from '../api/writes.ts';
import { sendersQuery } from '../compose/mail-queries.ts';
import { WriteMail } from '../compose/open-mail.tsx';
import { fieldParts, isEmpty } from '../fields.ts';
import { problemText, showToast } from '../ui/toast.tsx';
import { CallTimer } from './call-timer.tsx';
import { dropDraft, keepDraft, readDraft } from './drafts.ts';
import { useRecordContext, type Written } from './page-context.ts';
import style from './record.module.css';
import { secondsOf, useRunningCall } from './running-call.ts';
import { linkField, linkValues, refreshTimelines } from './timeline-query.ts';

/** The fields of each form, what is written first. */
const fieldsOf: Record<Written, readonly string[]> = {
  note: ['body'],
  phone: ['body', 'direction', 'outcome', 'contact', 'at', 'duration'],
  meeting: ['body', 'contact', 'at', 'duration', 'place'],
  visit: ['body', 'contact', 'at', 'duration', 'outcome'],
  email: ['body', 'direction', 'subject', 'contact', 'at'],
  letter: ['body', 'direction', 'subject', 'contact', 'at'],
  task: ['subject', 'dueOn'],
  comment: ['body'],
};

export function objectOf(kind: Written): 'note' | 'interaction' | 'task' | 'comment' {
  return kind === 'note' || kind === 'task' || kind === 'comment' ? kind : 'interaction';
}

/** What this reader may write about records of an object, as far as it can be tied to them. */
export function writable(definitions: Definitions, definition: Definition): Written[] {
  return (Object.keys(fieldsOf) as Written[]).filter((kind) => {
    const about = definitions.get(objectOf(kind));
    return about?.can.create && (kind === 'comment' || linkField(about, definition) !== undefined);
  });
}

/** Writes where it is read. Mails are sent from here by whoever has a mailbox to send from; else they are logged by hand. */
export function Composer({ kind, kinds }: { kind: Written; kinds: readonly Written[] }) {
  const { t } = useTranslation();
  const { compose } = useRecordContext();
  const [isByHand, setByHand] = useState(false);
  const senders = useQuery({ ...sendersQuery, enabled: kind === 'email' });
  const sends = kind === 'email' && !isByHand;
  if (sends && senders.isPending && !senders.error) return null;
  if (!sends || !senders.data?.items.some(({ canSend }) => canSend)) return <Logged kind={kind} kinds={kinds} />;
  return (
    <div className={style.mailComposer}>
      <div className={style.composerKinds}>
        <Kinds kind={kind} kinds={kinds} />
      </div>
      <NewMail onClose={() => compose(null)} />
      <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setByHand(true)}>
        {t('activity.byHand')}
      </Button>
    </div>
  );
}

/** A new mail to the person of the page, about its record. */
export function NewMail({ onClose }: { onClose(): void }) {
  const definitions = useDefinitions();
  const { definition, record } = useRecordContext();
  const interaction = definitions.get('interaction');
  const links = interaction ? linkValues(interaction, definition, record) : {};
  const contact = definitions.get('contact');
  // Whoever sees no contacts writes the address themself.
  const personId = contact && typeof record.contact === 'string' ? record.contact : null;
  const person = useQuery({ ...recordQuery(contact ?? definition, personId ?? ''), enabled: personId !== null });
  if (personId !== null && person.isPending) return null;
  const { name, emails }: Partial<RecordShape> = personId === null ? record : (person.data ?? {});
  const [first] = (emails ?? []) as { value: string }[];
  return (
    <WriteMail
      about={Object.fromEntries(
        ['account', 'contact', 'opportunity'].flatMap((name) => (links[name] ? [[name, String(links[name])]] : [])),
      )}
      to={first ? [{ name: String(name ?? ''), address: first.value }] : []}
      onClose={(how) => {
        onClose();
        if (how === 'sent') refreshTimelines();
      }}
    />
  );
}

function Kinds({ kind, kinds }: { kind: Written; kinds: readonly Written[] }) {
  const { t } = useTranslation();
  const { compose } = useRecordContext();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('activity.kind')}
      value={kind}
      onChange={(next) => compose(next as Written)}
      data={kinds.map((one) => ({ value: one, label: t(`activity.kinds.${one}`) }))}
    />
  );
}

/** What was typed is kept on this device until it is saved or thrown away. */
function Logged({ kind, kinds }: { kind: Written; kinds: readonly Written[] }) {
  const { t } = useTranslation();
  const id = useId();
  const definitions = useDefinitions();
  const { userId } = useFieldEnvironment();
  const { definition, record, compose } = useRecordContext();
  const about = definitions.get(objectOf(kind))!;
  const place = `${userId}/${definition.name}/${record.id}/${objectOf(kind)}`;
  const [values, setValues] = useState<Record<string, unknown>>(() => readDraft(place) ?? {});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [call, setCall] = useRunningCall();
  const isOnCall = kind === 'phone' && call?.id === record.id;
  // The same for every try: an answer that was lost does not make a second note.
  const key = useRef(newKey());
  const link = kind === 'comment' ? undefined : linkField(about, definition);
  const fields = fieldsOf[kind].flatMap(
    (name) => about.fields.find((field) => field.name === name && name !== link) ?? [],
  );
  // A form begins as the object's own does: a call goes out, and is of now.
  const shownValue = (field: FieldShape) => (field.name in values ? values[field.name] : startOf(field));
  const main = fields[0];
  // Nobody answered: that says enough of a call.
  const telling = objectOf(kind) === 'interaction' ? ['body', 'subject', 'outcome'] : [main?.name ?? ''];
  const isWritten = telling.some((name) => !isEmpty(values[name]));
  useEffect(() => {
    if (isWritten) keepDraft(place, values);
    else dropDraft(place);
  }, [place, values, isWritten]);

  const save = async () => {
    if (!isWritten || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const written = Object.fromEntries(fields.map((field) => [field.name, shownValue(field) ?? null]));
      // Whoever saves has hung up.
      if (isOnCall) written.duration = secondsOf(call);
      const made = await createRecord(about, { ...written, ...linkOf(about, kind, definition, record) }, key.current);
      if (!made.id) showToast(t('offline.queued'));
      if (isOnCall) setCall(null);
      dropDraft(place);
      compose(null);
      refreshTimelines();
      await queryClient.invalidateQueries({ queryKey: ['records', about.name] });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const throwAway = () => {
    if (isOnCall) setCall(null);
    dropDraft(place);
    compose(null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the form inside it
    <div
      className={style.composer}
      data-kind={kind}
      onKeyDown={(event) => {
        const mod = event.ctrlKey || event.metaKey;
        if (mod && (event.key === 'Enter' || event.key.toLowerCase() === 's')) {
          event.preventDefault();
          event.stopPropagation();
          void save();
        }
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          // The draft stays: Esc is pressed by mistake more often than in anger.
          compose(null);
        }
      }}
    >
      <div className={style.composerKinds}>
        <Kinds kind={kind} kinds={kinds} />
      </div>
      <div className={style.composerFields} data-many={fields.length > 2}>
        {fields.map((field, index) => {
          const { Editor } = fieldParts(field.type);
          const onChange = (value: unknown) => setValues((old) => ({ ...old, [field.name]: value }));
          const editor = (
            <Editor
              id={`${id}-${field.name}`}
              aria-label={field.label}
              placeholder={field.label}
              field={field}
              value={shownValue(field) ?? null}
              autoFocus={index === 0}
              onChange={onChange}
            />
          );
          return (
            <div
              key={`${objectOf(kind)}-${field.name}`}
              data-field={field.name}
              data-timed={field.name === 'duration' && kind === 'phone'}
            >
              {fields.length > 2 && index > 0 ? <label htmlFor={`${id}-${field.name}`}>{field.label}</label> : null}
              {field.name === 'duration' && kind === 'phone' ? (
                <CallTimer value={(shownValue(field) as number | null) ?? null} onChange={onChange}>
                  {editor}
                </CallTimer>
              ) : (
                editor
              )}
            </div>
          );
        })}
      </div>
      {problem ? (
        <div role="alert" className={style.inlineError}>
          {problemText(problem)} {t('activity.kept')}
        </div>
      ) : null}
      <div className={style.composerFoot}>
        <span className={style.quiet}>{t('activity.sendHint')}</span>
        <Button variant="subtle" color="gray" onClick={throwAway}>
          {isWritten ? t('activity.discard') : t('common.cancel')}
        </Button>
        <Button loading={busy} disabled={!isWritten} onClick={() => void save()} aria-keyshortcuts="Control+Enter">
          {problem ? t('problem.retry') : t('common.save')}
        </Button>
      </div>
    </div>
  );
}

function startOf(field: FieldShape): unknown {
  const start = field.options?.default;
  return start === 'now' ? new Date().toISOString() : start;
}

function linkOf(
  about: Definition,
  kind: Written,
  definition: Definition,
  record: RecordShape,
): Record<string, unknown> {
  if (kind === 'comment') return { targetObject: definition.name, targetId: record.id };
  const link = linkValues(about, definition, record);
  return objectOf(kind) === 'interaction' ? { ...link, channel: kind } : link;
}
