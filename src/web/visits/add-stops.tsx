import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Geo, metresBetween } from '#kernel/fields/geo/format.ts';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import { formatWay } from './format-way.ts';
import { whereaboutsOf } from './places.ts';
import { readPosition } from './position.ts';
import style from './visits.module.css';

const SHOWN = 20;
/** As far as one goes for a customer whom one had not meant to see. */
const NEAR_KM = 15;

/** Puts customers on the round: by name, or those who are near. */
export function AddStops({ day, taken, onClose }: { day: string; taken: readonly RecordShape[]; onClose(): void }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const definition = useDefinition('account');
  const [by, setBy] = useState<'name' | 'near'>('name');
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 200);
  const [here, setHere] = useState<Geo | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [added, setAdded] = useState<ReadonlySet<string>>(new Set());
  const canNear = definition.fields.some(({ name }) => name === 'position');
  const fields = definition.fields.flatMap(({ name }) =>
    ['name', 'position', 'billingAddress', 'shippingAddress'].includes(name) ? [name] : [],
  );
  const isNear = by === 'near';
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
    enabled: isNear ? here !== null : search.length > 0,
  });
  const there = new Set([...taken.map(({ account }) => String(account)), ...added]);
  const items = ((found.data?.items ?? []) as unknown as RecordShape[])
    .map((account) => ({ account, where: whereaboutsOf(account, language) }))
    .map((one) => ({ ...one, way: here && one.where.place ? metresBetween(here, one.where.place) : null }))
    .sort((a, b) => (isNear ? (a.way ?? 0) - (b.way ?? 0) : 0))
    .slice(0, SHOWN);
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
  const add = async (account: RecordShape) => {
    setAdded((old) => new Set([...old, account.id]));
    try {
      await post(`/records/account/${account.id}/actions/planVisit`, { day });
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
          : found.isSuccess && items.length === 0
            ? t(isNear ? 'visits.nobodyNear' : 'visits.nobody', { km: NEAR_KM })
            : null}
      </p>
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
