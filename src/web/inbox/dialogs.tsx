import { Avatar, Button, Group, Modal, TextInput } from '@mantine/core';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconUserOff from '@tabler/icons-react/dist/esm/icons/IconUserOff.mjs';
import IconUsersGroup from '@tabler/icons-react/dist/esm/icons/IconUsersGroup.mjs';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { addDays, localMoment, momentOf } from '../calendar/days.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { type Choice, Picker } from '../ui/picker.tsx';
import { snoozeTimes } from './snooze-times.ts';

/** To whom: `{ owner }` or `{ team }`, and what to call them. */
export type Assigned = { changes: Record<string, unknown>; name: string };

export function askAssignee(): Promise<Assigned | null> {
  return openDialog<Assigned>((done) => <AssignDialog onClose={done} />);
}

export function askSnooze(): Promise<string | null> {
  return openDialog<string>((done) => <SnoozeDialog onClose={done} />);
}

/** Id of a macro. */
export function askMacro(): Promise<string | null> {
  return openDialog<string>((done) => <MacroDialog onClose={done} />);
}

/** Another conversation, of the same customer first. */
export function askConversation(than: RecordShape): Promise<string | null> {
  return openDialog<string>((done) => <ConversationDialog than={than} onClose={done} />);
}

/** A record to which something is to be linked; `''` takes the link away. */
export function askRecord(object: string, isLinked: boolean): Promise<string | null> {
  return openDialog<string>((done) => <RecordDialog object={object} isLinked={isLinked} onClose={done} />);
}

function AssignDialog({ onClose }: { onClose(assigned: Assigned | null): void }) {
  const { t } = useTranslation();
  const { userId, searchRecords } = useFieldEnvironment();
  const load = async (words: string, signal: AbortSignal): Promise<Choice[]> => {
    const [people, teams] = await Promise.all([
      searchRecords('user', words, signal),
      readPage('team', { sort: ['name'], fields: ['name'], limit: 50 }, signal).then(({ items }) => items),
    ]);
    const fits = (label: string) => label.toLocaleLowerCase().includes(words.toLocaleLowerCase());
    const me = { key: `owner:${userId}`, label: t('inbox.me'), icon: <Face name={t('inbox.me')} /> };
    const nobody = { key: 'owner:', label: t('inbox.nobody'), icon: <IconUserOff size={16} aria-hidden /> };
    return [
      ...(fits(me.label) ? [me] : []),
      ...people
        .filter(({ id }) => id !== userId)
        .map(({ id, title, detail }) => ({
          ...{ key: `owner:${id}`, label: title, ...(detail && { detail }) },
          icon: <Face name={title} />,
        })),
      ...teams
        .filter(({ name }) => fits(String(name)))
        .map(({ id, name }) => ({
          ...{ key: `team:${id}`, label: String(name), detail: t('inbox.aTeam') },
          icon: <IconUsersGroup size={16} aria-hidden />,
        })),
      ...(fits(nobody.label) ? [nobody] : []),
    ];
  };
  const [labels] = useState(() => new Map<string, string>());
  return (
    <Picker
      title={t('inbox.assign')}
      placeholder={t('inbox.assignTo')}
      name="assignee"
      empty={t('inbox.nobodyFound')}
      load={async (words, signal) => {
        const choices = await load(words, signal);
        for (const { key, label } of choices) labels.set(key, label);
        return choices;
      }}
      onClose={(key) => {
        if (key === null) return onClose(null);
        const [field, id] = key.split(':') as [string, string];
        // A team takes it from whoever had it: one of its people is to take it.
        const changes = field === 'team' ? { team: id, owner: null } : { owner: id || null };
        onClose({ changes, name: labels.get(key) ?? t('inbox.assign') });
      }}
    />
  );
}

function Face({ name }: { name: string }) {
  return <Avatar size={20} radius="xl" name={name} color="initials" aria-hidden />;
}

function SnoozeDialog({ onClose }: { onClose(until: string | null): void }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [isDate, setDate] = useState(false);
  const [value, setValue] = useState(() => {
    const [day] = localMoment(new Date().toISOString(), timeZone);
    return `${addDays(day, 1)}T09:00`;
  });
  const times = snoozeTimes(new Date(), timeZone);
  const shown = (at: string) => formatDateTime(at, language, timeZone, { weekday: 'short', timeStyle: undefined });
  if (isDate) {
    const until = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)
      ? momentOf(value.slice(0, 10), value.slice(11, 16), timeZone)
      : null;
    const isPast = until !== null && new Date(until) <= new Date();
    return (
      <Modal
        opened
        onClose={() => onClose(null)}
        title={t('inbox.snooze')}
        size={440}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (until && !isPast) onClose(until);
          }}
        >
          <TextInput
            data-autofocus
            type="datetime-local"
            label={t('inbox.snoozeUntil')}
            value={value}
            error={isPast ? t('inbox.past') : undefined}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button type="submit" disabled={!until || isPast}>
              {t('inbox.snooze')}
            </Button>
          </Group>
        </form>
      </Modal>
    );
  }
  return (
    <Picker
      title={t('inbox.snooze')}
      placeholder={t('inbox.snoozeUntil')}
      name={`snooze ${times[0]![1]}`}
      empty={t('inbox.noTime')}
      load={async (words) => {
        const choices: Choice[] = times.map(([key, at]) => ({
          ...{ key: at, label: t(`inbox.snoozes.${key}`), detail: shown(at) },
          icon: <IconClock size={16} aria-hidden />,
        }));
        choices.push({ key: 'date', label: t('inbox.snoozes.date'), icon: <IconClock size={16} aria-hidden /> });
        return choices.filter(({ label }) => label.toLocaleLowerCase().includes(words.toLocaleLowerCase()));
      }}
      onClose={(key) => (key === 'date' ? setDate(true) : onClose(key))}
    />
  );
}

function MacroDialog({ onClose }: { onClose(id: string | null): void }) {
  const { t } = useTranslation();
  return (
    <Picker
      title={t('inbox.macros')}
      placeholder={t('inbox.whichMacro')}
      name="macro"
      empty={t('inbox.noMacro')}
      load={async (words, signal) => {
        const filter = words ? { name: { contains: words } } : undefined;
        const { items } = await readPage('macro', { filter, sort: ['name'], limit: 50 }, signal);
        return items.map(({ id, name }) => ({
          ...{ key: id, label: String(name), icon: <IconBolt size={16} aria-hidden /> },
        }));
      }}
      foot={
        <Link to="/templates" hash="macros" onClick={() => onClose(null)}>
          {t('inbox.editMacros')}
        </Link>
      }
      onClose={onClose}
    />
  );
}

function ConversationDialog({ than, onClose }: { than: RecordShape; onClose(id: string | null): void }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  return (
    <Picker
      title={t('inbox.join')}
      placeholder={t('inbox.joinWith')}
      name={`join ${than.id}`}
      empty={t('inbox.noConversation')}
      load={async (words, signal) => {
        const filter = {
          id: { isNot: than.id },
          ...(than.account && !words ? { account: { is: String(than.account) } } : {}),
        };
        const query = { filter, search: words || undefined, sort: ['-lastAt'], expand: ['account', 'contact'] };
        const { items } = await readPage('conversation', { ...query, limit: 30 }, signal);
        return items.map((one) => ({
          key: one.id,
          label: String(one.subject),
          detail: formatDateTime(String(one.lastAt), language, timeZone, { dateStyle: 'medium' }),
          icon: <ObjectIcon name="message-circle" size={16} />,
        }));
      }}
      onClose={onClose}
    />
  );
}

function RecordDialog({
  object,
  isLinked,
  onClose,
}: {
  object: string;
  isLinked: boolean;
  onClose(id: string | null): void;
}) {
  const { t } = useTranslation();
  const { searchRecords, objectLabel } = useFieldEnvironment();
  const label = objectLabel(object);
  return (
    <Picker
      title={t('inbox.linkTo', { object: label })}
      placeholder={label}
      name={`link ${object}`}
      empty={t('inbox.nothingFound')}
      load={async (words, signal) => {
        const found = await searchRecords(object, words, signal);
        const choices: Choice[] = found.map(({ id, title }) => ({ key: id, label: title }));
        if (isLinked && !words) choices.push({ key: '', label: t('inbox.unlink') });
        return choices;
      }}
      onClose={onClose}
    />
  );
}
