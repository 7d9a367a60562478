import { Button, FileButton, Menu, NativeSelect, Textarea, TextInput } from '@mantine/core';
import IconCamera from '@tabler/icons-react/dist/esm/icons/IconCamera.mjs';
import IconDoorEnter from '@tabler/icons-react/dist/esm/icons/IconDoorEnter.mjs';
import IconDoorExit from '@tabler/icons-react/dist/esm/icons/IconDoorExit.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconNavigation from '@tabler/icons-react/dist/esm/icons/IconNavigation.mjs';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Geo, metresBetween } from '#kernel/fields/geo/format.ts';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import { newKey } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord, saveRecord, undoChange } from '../api/writes.ts';
import { addDays, momentOf } from '../calendar/days.ts';
import { isEmpty } from '../fields.ts';
import { keepFile } from '../offline/kept-files.ts';
import { dropMadeHere, isMadeHere, useOffline } from '../offline/offline.ts';
import { dropDraft, keepDraft, readDraft } from '../record/drafts.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { formatWay } from './format-way.ts';
import { mapLink, whereaboutsOf } from './places.ts';
import { readPosition } from './position.ts';
import { StopBrief } from './stop-brief.tsx';
import style from './visits.module.css';

/** What one does at a customer's door, in the order in which it is done. */
export function StopDetails({
  visit,
  title,
  account,
  definition,
  onGone,
}: {
  visit: RecordShape;
  title: string;
  account: RecordShape | undefined;
  definition: Definition;
  onGone(): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const { isOnline } = useOffline();
  const accounts = useDefinition('account');
  const whereabouts = whereaboutsOf(account, language);
  const place = `${userId}/visit/${visit.id}`;
  const [note, setNote] = useState(() => readDraft<string>(place) ?? String(visit.body ?? ''));
  const [busy, setBusy] = useState(false);
  // What is saved next stands on what was saved last, though the screen has not heard of it.
  const latest = useRef(visit);
  useEffect(() => {
    if (visit.version >= latest.current.version) latest.current = visit;
  }, [visit]);
  const save = async (changes: Record<string, unknown>) => {
    latest.current = await saveRecord(definition, latest.current, changes);
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const written = note.trim() || null;
  const isNoteNew = written !== (latest.current.body ?? null);
  const saveNote = () =>
    attempt(async () => {
      if (!isNoteNew) return;
      await save({ body: written });
      dropDraft(place);
    });
  const locate = async (field: 'arrivedPlace' | 'leftPlace') => {
    const found = await readPosition();
    if (found) await save({ [field]: found });
    else showToast(t('visits.noPosition'));
  };
  const arrive = () =>
    attempt(async () => {
      // The moment is now, also when the position comes half a minute later or never.
      await save({ arrivedAt: new Date().toISOString() });
      void locate('arrivedPlace').catch(showProblem);
    });
  const leave = () =>
    attempt(async () => {
      await save({ leftAt: new Date().toISOString(), state: 'done', ...(isNoteNew ? { body: written } : {}) });
      dropDraft(place);
      void locate('leftPlace').catch(showProblem);
    });
  const moveOn = () =>
    attempt(async () => {
      const at = momentOf(addDays(today(timeZone), 1), '09:00', timeZone);
      const before = { at: visit.at, stop: visit.stop ?? null };
      await save({ at, stop: null });
      showUndo(t('visits.moved', { title }), () => save(before));
      onGone();
    });
  const takeOff = () =>
    attempt(async () => {
      if (isMadeHere('interaction', visit.id)) {
        const putBack = dropMadeHere('interaction', visit.id);
        showUndo(t('visits.takenOff', { title }), async () => putBack());
        return onGone();
      }
      const changeSet = await removeRecord(definition, visit.id);
      showUndo(t('visits.takenOff', { title }), () => undoChange(definition, changeSet));
      onGone();
    });
  const keepPlace = () =>
    attempt(async () => {
      if (account) await saveRecord(accounts, account, { position: visit.arrivedPlace });
      showToast(t('visits.placeKept', { title }));
    });
  const addPhotos = (files: File[]) =>
    attempt(async () => {
      const { upload } = await import('../api/upload.ts');
      const orKept = (file: File) => (error: unknown) => {
        if (isProblem(error, 'offline')) return keepFile(file);
        throw error;
      };
      const links = await Promise.all(files.map((file) => upload(file, () => {}).done.catch(orKept(file))));
      await save({ attachments: [...((latest.current.attachments ?? []) as FileLink[]), ...links] });
    });
  const outcomes = definition.fields.find(({ name }) => name === 'outcome');
  const options = (outcomes?.options?.options ?? []) as { value: string; label?: string }[];
  const href = mapLink(whereabouts, title);
  const arrived = visit.arrivedPlace as Geo | null | undefined;
  const away = arrived && whereabouts.isExact && whereabouts.place ? metresBetween(whereabouts.place, arrived) : null;
  const isOver = Boolean(visit.leftAt);
  const photos = definition.fields.find(({ name }) => name === 'attachments');
  return (
    <div className={style.details}>
      <div className={style.ways}>
        {href ? (
          <Button
            size="sm"
            variant="default"
            component="a"
            href={href}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<IconNavigation size={16} aria-hidden />}
          >
            {t('visits.navigate')}
          </Button>
        ) : null}
        {visit.account ? (
          <Link to="/o/$object/$id" params={{ object: 'account', id: String(visit.account) }} className={style.link}>
            {t('visits.openAccount')}
          </Link>
        ) : null}
        <span className={style.spring} />
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="sm" variant="subtle" color="gray" aria-label={t('visits.more', { title })}>
              <IconDots size={18} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void attempt(() => save({ state: 'missed' }))}>
              {t('visits.markMissed')}
            </Menu.Item>
            <Menu.Item onClick={() => void moveOn()}>{t('visits.toTomorrow')}</Menu.Item>
            {definition.can.delete ? (
              <Menu.Item
                color="red"
                disabled={!isOnline && !isMadeHere('interaction', visit.id)}
                onClick={() => void takeOff()}
              >
                {t('visits.takeOff')}
              </Menu.Item>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      </div>
      {visit.account ? <StopBrief account={String(visit.account)} /> : null}
      {definition.can.update ? (
        <>
          {!visit.arrivedAt ? (
            <Button
              size="md"
              fullWidth
              loading={busy}
              leftSection={<IconDoorEnter size={18} aria-hidden />}
              onClick={() => void arrive()}
            >
              {t('visits.checkIn')}
            </Button>
          ) : null}
          {visit.arrivedAt && away !== null ? (
            <p className={style.quiet} data-far={away > 1000}>
              {t('visits.away', { way: formatWay(away, language) })}
            </p>
          ) : null}
          {arrived && account && !whereabouts.isExact && accounts.can.update ? (
            <Button variant="default" onClick={() => void keepPlace()}>
              {t('visits.keepPlace', { title })}
            </Button>
          ) : null}
          <Textarea
            label={t('visits.note')}
            autosize
            minRows={3}
            maxRows={14}
            value={note}
            onChange={({ currentTarget: { value } }) => {
              setNote(value);
              keepDraft(place, value);
            }}
            onBlur={() => void saveNote()}
          />
          {outcomes ? (
            <NativeSelect
              label={outcomes.label}
              value={String(visit.outcome ?? '')}
              onChange={({ currentTarget: { value } }) => void attempt(() => save({ outcome: value || null }))}
              data={[
                { value: '', label: '—' },
                ...options.map((one) => ({ value: one.value, label: one.label ?? one.value })),
              ]}
            />
          ) : null}
          {photos ? (
            <div className={style.photos}>
              {isEmpty(visit.attachments) ? null : <FieldValue field={photos} record={visit} />}
              <FileButton multiple accept="image/*" onChange={(files) => void addPhotos(files)}>
                {(button) => (
                  <Button {...button} size="sm" variant="default" leftSection={<IconCamera size={16} aria-hidden />}>
                    {t('visits.photo')}
                  </Button>
                )}
              </FileButton>
            </div>
          ) : null}
          <NextStep visit={visit} />
          {visit.arrivedAt && !isOver ? (
            <Button
              size="md"
              fullWidth
              loading={busy}
              leftSection={<IconDoorExit size={18} aria-hidden />}
              onClick={() => void leave()}
            >
              {t('visits.checkOut')}
            </Button>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

/** What was promised at the door, as a task of one's own. */
function NextStep({ visit }: { visit: RecordShape }) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const tasks = useDefinitions().get('task');
  const [subject, setSubject] = useState('');
  const [dueOn, setDueOn] = useState(() => addDays(today(timeZone), 7));
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  if (!tasks?.can.create) return null;
  const add = async () => {
    setBusy(true);
    try {
      const about = { account: visit.account ?? null, contact: visit.contact ?? null };
      const made = await createRecord(tasks, { subject: subject.trim(), dueOn, owner: userId, ...about }, key.current);
      key.current = newKey();
      setSubject('');
      showToast(made.id ? t('visits.nextAdded', { day: formatDate(dueOn, language) }) : t('offline.queued'));
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={style.next}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextInput
        label={t('visits.next')}
        value={subject}
        maxLength={250}
        onChange={({ currentTarget: { value } }) => setSubject(value)}
      />
      <TextInput
        type="date"
        label={t('visits.nextOn')}
        required={false}
        value={dueOn}
        onChange={({ currentTarget: { value } }) => value && setDueOn(value)}
      />
      <Button size="sm" type="submit" variant="default" loading={busy} disabled={!subject.trim()}>
        {t('visits.nextAdd')}
      </Button>
    </form>
  );
}
