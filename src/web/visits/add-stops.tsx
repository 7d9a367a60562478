import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Geo, metresBetween } from '#kernel/fields/geo/format.ts';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { readPage } from '../api/queries.ts';
import { newRecordId } from '../api/record-id.ts';
import type { RecordShape } from '../api/types.ts';
import { createRecord } from '../api/writes.ts';
import { momentOf } from '../calendar/days.ts';
import { titleOf } from '../fields.ts';
import { useOffline } from '../offline/offline.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import { fitsWords } from '../ui/words.ts';
import { formatWay } from './format-way.ts';
import { whereaboutsOf } from './places.ts';
import { readPosition } from './position.ts';
import style from './visits.module.css';
import { customerFields, ownCustomersQuery } from './visits-query.ts';

const SHOWN = 20;
/** As far as one goes for a customer whom one had not meant to see. */
const NEAR_KM = 15;
/** Without a network nobody tells when one's day begins. */
const START = '09:00';

/** Puts customers on the round: by name, or those who are near. Without a network one's own, which are on the device. */
export function AddStops({ day, taken, onClose }: { day: string; taken: readonly RecordShape[]; onClose(): void }) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const { isOnline } = useOffline();
  const definitions = useDefinitions();
  const definition = useDefinition('account');
  const [by, setBy] = useState<'name' | 'near'>('name');
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 200);
  const [here, setHere] = useState<Geo | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const canNear = definition.fields.some(({ name }) => name === 'position');
  const fields = customerFields(definitions);
  const isNear = by === 'near';
  const isAsked = isNear ? here !== null : search.length > 0;
  const found = useQuery({
    queryKey: ['records', 'account', 'stops', isNear ? here : search],
    queryFn: ({ signal }) =>
      readPage(
        'account',
        isNear
          ? { filter: { position: { near: { ...here, km: NEAR_KM } } } as never, fields, limit: 200 }
          : { search, fields, limit: SHOWN },
        signal,
      ),
    enabled: isOnline && isAsked,
  });
  const own = useQuery(ownCustomersQuery(definitions));
  const there = new Set([...taken.map(({ account }) => String(account)), ...added]);
  const candidateOf = (account: RecordShape) => {
    const where = whereaboutsOf(account, language);
    return { account, where, way: here && where.place ? metresBetween(here, where.place) : null };
  };
  type Candidate = ReturnType<typeof candidateOf>;
  // What the server would find among those that are on the device.
  const isMeant = ({ account, where, way }: Candidate) =>
    isNear
      ? where.isExact && way !== null && way < NEAR_KM * 1_000
      : fitsWords(`${account.name} ${where.address}`, search);
  const candidates = isOnline
    ? ((found.data?.items ?? []) as unknown as RecordShape[]).map(candidateOf)
    : ((isAsked && own.data) || []).map(candidateOf).filter(isMeant);
  const items = candidates.sort((a, b) => (isNear ? (a.way ?? 0) - (b.way ?? 0) : 0)).slice(0, SHOWN);
  const look = async () => {
    setLooking(true);
    const place = await readPosition();
    setLooking(false);
    if (!place) {
      showToast(t('visits.noPosition'));
      return setBy('name');
    }
    setHere(place);
  };
  const plan = async (account: RecordShape) => {
    if (isOnline)
      try {
        await post(`/records/account/${account.id}/actions/planVisit`, { day });
        return;
      } catch (error) {
        if (!isProblem(error, 'offline')) throw error;
      }
    await createRecord(definitions.get('interaction')!, {
      ...{ id: newRecordId(), channel: 'visit', direction: 'out', state: 'planned', owner: userId },
      ...{ account: account.id, at: momentOf(day, START, timeZone) },
    });
  };
  const add = async (account: RecordShape) => {
    setAdded((old) => new Set([...old, account.id]));
    try {
      await plan(account);
    } catch (error) {
      setAdded((old) => new Set([...old].filter((id) => id !== account.id)));
      showProblem(error);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('visits.addTo', { day: formatDate(day, language, { weekday: 'long', day: 'numeric', month: 'long' }) })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {canNear ? (
        <SegmentedControl
          fullWidth
          mb="sm"
          aria-label={t('visits.how')}
          value={by}
          onChange={(next) => {
            setBy(next as 'name' | 'near');
            if (next === 'near' && !here) void look();
          }}
          data={[
            { value: 'name', label: t('visits.byName') },
            { value: 'near', label: t('visits.near') },
          ]}
        />
      ) : null}
      {isNear ? null : (
        <TextInput
          data-autofocus
          type="search"
          aria-label={t('visits.search')}
          placeholder={t('visits.search')}
          value={words}
          onChange={({ currentTarget: { value } }) => setWords(value)}
        />
      )}
      <p role="status" className={style.quiet}>
        {isLooking
          ? t('visits.looking')
          : (isOnline ? found.isSuccess : isAsked) && items.length === 0
            ? t(isNear ? 'visits.nobodyNear' : 'visits.nobody', { km: NEAR_KM })
            : null}
      </p>
      {isOnline ? null : <p className={style.ownOnly}>{t('visits.ownOffline')}</p>}
      <ul className={style.found}>
        {items.map(({ account, where, way }) => {
          const title = titleOf(definition, account, t('list.untitled'));
          const isThere = there.has(account.id);
          return (
            <li key={account.id}>
              <span className={style.what}>
                <strong>{title}</strong>
                <span className={style.quiet}>
                  {[way === null ? null : formatWay(way, language), where.address].filter(Boolean).join(' · ')}
                </span>
              </span>
              <Button
                variant={isThere ? 'subtle' : 'default'}
                disabled={isThere}
                aria-label={`${t(isThere ? 'visits.added' : 'visits.addOne')}: ${title}`}
                onClick={() => void add(account)}
              >
                {t(isThere ? 'visits.added' : 'visits.addOne')}
              </Button>
            </li>
          );
        })}
      </ul>
    </Modal>
  );
}
