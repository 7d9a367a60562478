import { Button, Modal, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import IconCalendarDot from '@tabler/icons-react/dist/esm/icons/IconCalendarDot.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { Refusal, useAct } from '../admin/parts.tsx';
import { del, get, patch, post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { Card } from '../ui/card.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './profile.module.css';

interface Fault {
  text: string;
  detail: string;
}

interface Calendar {
  id: string;
  name: string;
  username: string;
  choice: 'all' | 'customers';
  state: 'active' | 'paused';
  fault: Fault | null;
  succeededAt: string | null;
  unreadable: number;
}

const key = ['calendars'];
const refresh = () => queryClient.invalidateQueries({ queryKey: key });

/** The calendars that one has elsewhere, in step with one's meetings here. */
export function CalendarsCard() {
  const { t } = useTranslation();
  const calendars = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<{ items: Calendar[] }>('/calendars', {}, signal),
    // Whoever connected one waits for it.
    refetchInterval: 15_000,
  });
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
    } catch (error) {
      showProblem(error);
    }
  };
  const end = (one: Calendar) =>
    act(async () => {
      await del(`/calendars/${one.id}`);
      showToast(t('profile.calendarsEnded', { name: one.name }));
    });
  return (
    <Card
      title={t('profile.calendars')}
      icon={<IconCalendarDot size={16} stroke={1.7} aria-hidden />}
      action={
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => void openDialog((done) => <ConnectDialog onClose={() => done(true)} />)}
        >
          {t('profile.calendarsConnect')}
        </Button>
      }
    >
      <p className={style.quiet}>{t('profile.calendarsText')}</p>
      {calendars.isPending ? <SkeletonLines lines={1} /> : null}
      {calendars.isError ? <ErrorState error={calendars.error} onRetry={() => void calendars.refetch()} /> : null}
      <ul className={style.sessions}>
        {calendars.data?.items.map((one) => (
          <li key={one.id}>
            <IconCalendarDot size={20} stroke={1.6} aria-hidden />
            <div className={style.device}>
              <strong>{one.name}</strong>
              <Health calendar={one} />
            </div>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${t(one.state === 'active' ? 'profile.calendarsPause' : 'profile.calendarsResume')}: ${one.name}`}
              onClick={() =>
                void act(() => patch(`/calendars/${one.id}`, { state: one.state === 'active' ? 'paused' : 'active' }))
              }
            >
              {t(one.state === 'active' ? 'profile.calendarsPause' : 'profile.calendarsResume')}
            </Button>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${t('profile.calendarsDisconnect')}: ${one.name}`}
              onClick={() => void end(one)}
            >
              {t('profile.calendarsDisconnect')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** How it is, in words. */
function Health({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  if (calendar.state === 'paused') return <span>{t('profile.calendarsPaused')}</span>;
  if (calendar.fault) return <span className={style.bad}>{calendar.fault.text}</span>;
  const when = calendar.succeededAt
    ? t('profile.calendarsRead', { when: formatAgo(calendar.succeededAt, language) })
    : t('profile.calendarsWaiting');
  const left = calendar.unreadable > 0 ? t('profile.calendarsUnreadable', { count: calendar.unreadable }) : null;
  return <span>{[when, t(`profile.calendarsChoice.${calendar.choice}`), left].filter(Boolean).join(' · ')}</span>;
}

/** Where it is, then which one. */
function ConnectDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const [server, setServer] = useState({ url: '', username: '', password: '' });
  const [found, setFound] = useState<{ items: { url: string; name: string }[]; fault: Fault | null } | null>(null);
  const [calendar, setCalendar] = useState<string | null>(null);
  const [choice, setChoice] = useState<Calendar['choice']>('all');
  const { act, problem, busy } = useAct();
  const change = (changes: Partial<typeof server>) => {
    setServer({ ...server, ...changes });
    setFound(null);
  };
  const url = /^https?:\/\//i.test(server.url.trim()) ? server.url.trim() : `https://${server.url.trim()}`;
  const submit = () =>
    act(async () => {
      if (!found || found.items.length === 0) {
        const answer = await post<NonNullable<typeof found>>('/calendars/find', { ...server, url });
        setFound(answer);
        setCalendar(answer.items[0]?.url ?? null);
        return;
      }
      const name = found.items.find((one) => one.url === calendar)?.name ?? url;
      await post('/calendars', { ...server, url, calendar, name, choice });
      await refresh();
      onClose();
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('profile.calendarsConnect')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label={t('profile.calendarsServer')}
            description={t('profile.calendarsServerHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            placeholder="https://calendar.example.com"
            value={server.url}
            onChange={(event) => change({ url: event.currentTarget.value })}
          />
          <TextInput
            required
            label={t('profile.calendarsUser')}
            autoComplete="off"
            value={server.username}
            onChange={(event) => change({ username: event.currentTarget.value })}
          />
          <PasswordInput
            required
            label={t('profile.calendarsPassword')}
            autoComplete="off"
            value={server.password}
            onChange={(event) => change({ password: event.currentTarget.value })}
          />
          {found?.fault ? (
            <p role="alert" className={style.bad}>
              {found.fault.text}
            </p>
          ) : null}
          {found && !found.fault && found.items.length === 0 ? (
            <p role="alert" className={style.bad}>
              {t('profile.calendarsNone')}
            </p>
          ) : null}
          {found && found.items.length > 0 ? (
            <>
              <Select
                label={t('profile.calendarsWhich')}
                allowDeselect={false}
                value={calendar}
                onChange={setCalendar}
                data={found.items.map((one) => ({ value: one.url, label: one.name }))}
              />
              <Select
                label={t('profile.calendarsEvents')}
                description={t('profile.calendarsEventsHelp')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                allowDeselect={false}
                value={choice}
                onChange={(value) => setChoice(value === 'customers' ? 'customers' : 'all')}
                data={(['all', 'customers'] as const).map((value) => ({
                  value,
                  label: t(`profile.calendarsChoice.${value}`),
                }))}
              />
            </>
          ) : null}
          <Refusal>{problem}</Refusal>
          <Button type="submit" loading={busy}>
            {t(found && found.items.length > 0 ? 'profile.calendarsConnect' : 'profile.calendarsFind')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
