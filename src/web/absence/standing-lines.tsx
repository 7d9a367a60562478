import { ActionIcon } from '@mantine/core';
import IconArrowsExchange from '@tabler/icons-react/dist/esm/icons/IconArrowsExchange.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { Fragment, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { BriefsOf } from '../brief/briefs-of.tsx';
import style from './absence.module.css';
import { chainAfter, standingThrough, type Through } from './chain.ts';
import { awayTodayQuery, type NearAbsence, objectsLeft, readAbsence } from './near-absences.ts';

/** On the home page all of it; elsewhere for whom one stands in, until one would rather not see it on this day. */
export function StandingLines({ records }: { records: readonly RecordShape[] }) {
  const { t } = useTranslation();
  const { language, timeZone, userId } = useFieldEnvironment();
  const isHome = useRouterState({ select: ({ location }) => location.pathname === '/home' });
  const [hidden, setHidden] = useState(readHidden);
  const long = (day: string) => formatDate(day, language, { day: 'numeric', month: 'long' });
  const hide = (key: string) => {
    localStorage.setItem(`${prefix}${key}`, '1');
    setHidden(readHidden());
  };
  const absences = records.map((record) => readAbsence(record, timeZone));
  const away = (useInfiniteQuery(awayTodayQuery).data?.pages[0]?.items ?? []).map((record) =>
    readAbsence(record, timeZone),
  );
  const directly = absences.filter(
    ({ user, delegate, when }) => delegate === userId && user !== userId && when === 'now',
  );
  const standing: (NearAbsence & Partial<Through>)[] = [...directly, ...(userId ? standingThrough(userId, away) : [])];
  const awayText = (absence: NearAbsence) => {
    const chain = chainAfter(absence, away).map(({ delegateName }) => delegateName);
    const words = { day: long(absence.until), name: absence.delegateName, chain: chain.join(' → ') };
    return t(chain.length > 0 ? 'absence.awayChain' : 'absence.awayLine', words);
  };
  const own = isHome ? absences.filter(({ user, when }) => user === userId && when !== 'coming') : [];
  return (
    <>
      {standing
        .filter(({ id, until }) => isHome || !hidden.has(`${id}/${until}`))
        .map((absence) => (
          <Line key={absence.id} onHide={isHome ? undefined : () => hide(`${absence.id}/${absence.until}`)}>
            <Lists absence={absence} until={long(absence.until)} />
            {isHome ? (
              <>
                {absence.handover ? (
                  <details className={style.know}>
                    <summary>{t('absence.know')}</summary>
                    <p>{absence.handover}</p>
                  </details>
                ) : null}
                <BriefsOf owner={absence.user} />
              </>
            ) : null}
          </Line>
        ))}
      {own
        .filter(({ id, when }) => when === 'now' || !hidden.has(id))
        .map(({ id, when, ...absence }) => (
          <Line key={id} onHide={when === 'over' ? () => hide(id) : undefined}>
            {when === 'over' ? t('absence.backLine') : awayText({ id, when, ...absence })}{' '}
            <Link to="/absences/$id/report" params={{ id }}>
              {t(when === 'over' ? 'absence.reportAway' : 'absence.reportSoFar')}
            </Link>
          </Line>
        ))}
    </>
  );
}

/** For whom, until when, and the ways to what is theirs. */
function Lists({ absence, until }: { absence: NearAbsence & Partial<Through>; until: string }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const lists = objectsLeft(absence).flatMap((object) => definitions.get(object) ?? []);
  const [line, lineNone] = absence.via
    ? ['absence.lineThrough', 'absence.lineThroughNone']
    : ['absence.line', 'absence.lineNone'];
  const words = { name: absence.userName, day: until, via: absence.via?.join(' → ') };
  return (
    <>
      {t(lists.length > 0 ? line : lineNone, words)}{' '}
      {lists.map(({ name, label }, index) => (
        <Fragment key={name}>
          {index > 0 ? ' · ' : null}
          <Link
            to="/o/$object"
            params={{ object: name }}
            search={{ view: 'all', filter: { owner: { is: absence.user } } }}
          >
            {label.many}
          </Link>
        </Fragment>
      ))}
    </>
  );
}

function Line({ onHide, children }: { onHide?: (() => void) | undefined; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className={style.line} aria-label={t('absence.card')} data-no-print>
      <IconArrowsExchange size={15} stroke={1.7} aria-hidden />
      <div>{children}</div>
      {onHide ? (
        <ActionIcon size="sm" aria-label={t('absence.hide')} onClick={onHide}>
          <IconX size={13} />
        </ActionIcon>
      ) : null}
    </section>
  );
}

const prefix = 'tendero.absence.';

/** On this device: somebody who hides a line here may want it there. */
function readHidden(): ReadonlySet<string> {
  return new Set(
    Object.keys(localStorage).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])),
  );
}
