import { Button, MultiSelect, NumberInput, Select, Tabs, TagsInput, TextInput } from '@mantine/core';
import IconCalendarTime from '@tabler/icons-react/dist/esm/icons/IconCalendarTime.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import adminStyle from '../admin/admin.module.css';
import { DataTable, Heading, Mark, Pending, Refusal, Section, useAct } from '../admin/parts.tsx';
import { choicesOf, useMembers } from '../admin/people-queries.ts';
import { PlaceLink, useGoTo } from '../admin/place-link.tsx';
import { patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import { EmptyState } from '../ui/state.tsx';
import { showProblem } from '../ui/toast.tsx';
import { Share } from './form-parts.tsx';
import { type FormDraft, freeSlug, idsOf, pageOf, refreshForms, toneOf } from './form-queries.ts';
import style from './forms.module.css';
import { PageTexts } from './page-texts.tsx';
import { Questions } from './questions-editor.tsx';
import { Statistics } from './statistics.tsx';

interface Draft extends Pick<FormDraft, 'name' | 'slug' | 'state' | 'texts' | 'questions' | 'sites' | 'color'> {
  readonly durations: readonly number[];
  readonly hosts: readonly string[];
  readonly mode: 'inTurn' | 'together';
  readonly bufferBefore: number;
  readonly bufferAfter: number;
  readonly noticeHours: number;
  readonly aheadDays: number;
  readonly perDay: number | null;
  readonly remindHours: number | null;
  readonly place: string | null;
}

type Page = Draft & { readonly id: string; readonly version: number };

/** Pages on which customers choose a time; `booking/<id>` is one of them. */
export function BookingScreen({ rest: [id] }: { rest: readonly string[] }) {
  const { t, i18n } = useTranslation();
  const goTo = useGoTo();
  const definitions = useDefinitions();
  const { userId } = useFieldEnvironment();
  const members = useMembers();
  const pages = useQuery({
    queryKey: ['forms', 'booking'],
    queryFn: async ({ signal }) =>
      (await readPage('bookingPage', { sort: ['name'], limit: 200 }, signal)).items.map((row) =>
        bookingPageOf({ ...row }),
      ),
    staleTime: 0,
  });
  if (id) {
    const page = pages.data?.find((one) => one.id === id);
    return page ? <Editor key={`${page.id} ${page.version}`} page={page} /> : <Pending query={pages} />;
  }
  const add = async () => {
    try {
      const name = definitions.get('bookingPage')?.label.one ?? t('admin.place.booking.title');
      const active = (members.data ?? []).filter((one) => one.active);
      const host = active.find(({ id }) => id === userId) ?? active[0];
      const made = await post<{ id: string }>('/records/bookingPage', {
        name,
        slug: await freeSlug('bookingPage', name),
        texts: { title: { [i18n.language]: name } },
        durations: [30],
        remindHours: 24,
        hosts: host ? [host.id] : [],
      });
      await refreshForms();
      await goTo(`booking/${made.id}`);
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.booking.title')} text={t('admin.place.booking.text')}>
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => void add()}>
          {t('booking.add')}
        </Button>
      </Heading>
      {pages.data?.length === 0 ? (
        <EmptyState icon={<IconCalendarTime size={22} />} title={t('booking.none')} text={t('booking.noneText')} />
      ) : (
        <Section title={t('admin.place.booking.title')}>
          <DataTable
            label={t('admin.place.booking.title')}
            columns={[t('forms.name'), t('forms.address'), t('forms.state')]}
            empty={t('booking.none')}
            query={pages}
            rows={pages.data?.map((page) => ({
              key: page.id,
              cells: [
                <PlaceLink key="name" to={`booking/${page.id}`} className={adminStyle.link}>
                  {page.name}
                </PlaceLink>,
                <span key="slug" className={adminStyle.mono}>{`/b/${page.slug}`}</span>,
                <Mark key="state" tone={toneOf[page.state]}>
                  {t(`forms.states.${page.state}`)}
                </Mark>,
              ],
            }))}
          />
        </Section>
      )}
    </>
  );
}

function Editor({ page }: { page: Page }) {
  const { t } = useTranslation();
  const { id, version, ...saved } = page;
  const [draft, setDraft] = useState<Draft>(saved);
  const { busy, problem, act } = useAct();
  const members = useMembers();
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const save = (state = draft.state) =>
    act(async () => {
      await patch(`/records/bookingPage/${id}`, { ...draft, state, version });
      await refreshForms();
    });
  const number = (field: 'bufferBefore' | 'bufferAfter' | 'noticeHours' | 'aheadDays', max: number) => (
    <NumberInput
      label={t(`booking.${field}`)}
      min={0}
      max={max}
      allowDecimal={false}
      value={draft[field]}
      onChange={(value) => set({ [field]: Number(value) || 0 })}
    />
  );
  const optional = (field: 'perDay' | 'remindHours', max: number) => (
    <NumberInput
      label={t(`booking.${field}`)}
      min={1}
      max={max}
      allowDecimal={false}
      value={draft[field] ?? ''}
      onChange={(value) => set({ [field]: value === '' ? null : Number(value) })}
    />
  );
  return (
    <>
      <PlaceLink to="booking" className={adminStyle.crumb}>
        ← {t('admin.place.booking.title')}
      </PlaceLink>
      <Heading
        title={
          <>
            {page.name} <Mark tone={toneOf[page.state]}>{t(`forms.states.${page.state}`)}</Mark>
          </>
        }
      >
        {page.state === 'open' ? (
          <>
            <Button variant="default" component="a" href={`/b/${page.slug}`} target="_blank" rel="noreferrer">
              {t('forms.open')}
            </Button>
            <Button variant="default" onClick={() => void save('closed')}>
              {t('booking.close')}
            </Button>
          </>
        ) : (
          <Button variant={isChanged ? 'default' : 'filled'} onClick={() => void save('open')}>
            {t('forms.publish')}
          </Button>
        )}
        <Button disabled={!isChanged} loading={busy} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <Tabs defaultValue="times" keepMounted={false}>
        <Tabs.List className={style.tabs}>
          {(['times', 'questions', 'texts', 'share', 'statistics'] as const).map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`booking.tabs.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="times" className={style.panel}>
          <div className={style.stack}>
            <MultiSelect
              label={t('booking.hosts')}
              description={t('booking.hoursText')}
              searchable
              data={choicesOf((members.data ?? []).filter(({ active }) => active))}
              value={[...draft.hosts]}
              onChange={(hosts) => set({ hosts })}
            />
            <Select
              label={t('booking.mode')}
              allowDeselect={false}
              data={(['inTurn', 'together'] as const).map((value) => ({ value, label: t(`booking.${value}`) }))}
              value={draft.mode}
              onChange={(mode) => mode && set({ mode: mode as Draft['mode'] })}
            />
            <TagsInput
              label={t('booking.durations')}
              description={t('booking.durationsText')}
              data={['15', '30', '45', '60', '90']}
              value={draft.durations.map(String)}
              onChange={(values) => set({ durations: [...new Set(values.map(Number).filter((one) => one > 0))] })}
            />
            <div className={style.pair}>
              {number('bufferBefore', 240)}
              {number('bufferAfter', 240)}
              {number('noticeHours', 24 * 60)}
              {number('aheadDays', 365)}
              {optional('perDay', 50)}
              {optional('remindHours', 24 * 14)}
            </div>
            <TextInput
              label={t('booking.place')}
              maxLength={300}
              value={draft.place ?? ''}
              onChange={(event) => set({ place: event.currentTarget.value || null })}
            />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="questions" className={style.panel}>
          <p className={style.hint}>{t('booking.asked')}</p>
          <Questions questions={draft.questions} onChange={(questions) => set({ questions })} />
        </Tabs.Panel>
        <Tabs.Panel value="texts" className={style.panel}>
          <PageTexts draft={draft} set={set} />
        </Tabs.Panel>
        <Tabs.Panel value="share" className={style.panel}>
          <Share at="/b/" draft={draft} set={set} />
        </Tabs.Panel>
        <Tabs.Panel value="statistics" className={style.panel}>
          <div className={style.stack}>
            <Statistics
              at="booking-pages"
              id={id}
              counted={{
                views: t('booking.views'),
                submissions: t('booking.bookings'),
                moves: t('booking.moves'),
                cancellations: t('booking.cancellations'),
              }}
            />
          </div>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function bookingPageOf(row: Readonly<Record<string, unknown>>): Page {
  return {
    ...pageOf(row),
    durations: (row.durations ?? []) as readonly number[],
    hosts: idsOf(row.hosts),
    mode: row.mode as Page['mode'],
    bufferBefore: Number(row.bufferBefore),
    bufferAfter: Number(row.bufferAfter),
    noticeHours: Number(row.noticeHours),
    aheadDays: Number(row.aheadDays),
    perDay: (row.perDay ?? null) as number | null,
    remindHours: (row.remindHours ?? null) as number | null,
    place: (row.place ?? null) as string | null,
  };
}
