import { Button } from '@mantine/core';
import IconCalendarTime from '@tabler/icons-react/dist/esm/icons/IconCalendarTime.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDays } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { Card } from '../ui/card.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './absence.module.css';
import { partsOf } from './absence-words.ts';
import { type NearAbsence, nearAbsencesQuery, readAbsence } from './near-absences.ts';
import { openAbsence } from './open-absence.tsx';

/** When one is away and who stands in, and for whom one stands in oneself. */
export function AbsenceCard() {
  const definition = useDefinitions().get('absence');
  return definition ? <Absences definition={definition} /> : null;
}

function Absences({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const { timeZone, userId } = useFieldEnvironment();
  const query = useInfiniteQuery(nearAbsencesQuery);
  const absences = (query.data?.pages[0]?.items ?? []).map((record) => readAbsence(record, timeZone));
  const mine = absences.filter(({ user }) => user === userId);
  const others = absences.filter(({ user, when }) => user !== userId && when !== 'over');
  const instead = others.filter(({ delegate }) => delegate === userId);
  // Who sees others' days here without standing in for them is the one they report to.
  const reports = others.filter(({ delegate }) => delegate !== userId);
  return (
    <Card
      title={t('absence.card')}
      icon={<IconCalendarTime size={16} stroke={1.7} aria-hidden />}
      action={
        definition.can.create ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={13} />}
            onClick={() => openAbsence(definition)}
          >
            {t('absence.add')}
          </Button>
        ) : null
      }
    >
      {query.isPending ? <SkeletonLines lines={2} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && mine.length === 0 ? (
        <EmptyState icon={<IconCalendarTime size={22} />} title={t('absence.none')} text={t('absence.noneText')} />
      ) : null}
      <ul className={style.absences} aria-label={t('absence.mine')}>
        {mine.map((absence) => (
          <Own key={absence.id} absence={absence} definition={definition} />
        ))}
      </ul>
      <Others title={t('absence.instead')} absences={instead} definition={definition} />
      {reports.length > 0 ? (
        <>
          <h3 className={style.part}>{t('absence.reports')}</h3>
          <ul className={style.absences} aria-label={t('absence.reports')}>
            {reports.map((absence) => (
              <Own key={absence.id} absence={absence} definition={definition} name={absence.userName} />
            ))}
          </ul>
        </>
      ) : null}
    </Card>
  );
}

/** @param name of whose it is, when it is not the reader's own */
function Own({ absence, definition, name }: { absence: NearAbsence; definition: Definition; name?: string }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const days = formatDays(absence.from, absence.until, language);
  const cancel = async () => {
    try {
      const changeSet = await removeRecord(definition, absence.id);
      showUndo(t('absence.cancelled'), () => undoChange(definition, changeSet));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <li>
      <div className={style.about}>
        <strong>{name ? `${name} · ${days}` : days}</strong>
        <span>
          {t(name ? 'absence.standsInThere' : 'absence.standsIn', { name: absence.delegateName })} ·{' '}
          {partsOf(absence, definition, t('absence.everything'))}
        </span>
      </div>
      <div className={style.acts}>
        {absence.when === 'coming' ? null : (
          <Link to="/absences/$id/report" params={{ id: absence.id }} className={style.report}>
            {t(absence.when === 'over' ? 'absence.report' : 'absence.reportSoFar')}
          </Link>
        )}
        {absence.when === 'over' ? null : (
          <>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t('absence.editOf', { days })}
              onClick={() => openAbsence(definition, { record: absence.record })}
            >
              {t('absence.edit')}
            </Button>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              aria-label={t('absence.cancelOf', { days })}
              onClick={() => void cancel()}
            >
              {t('absence.cancel')}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

function Others({
  title,
  absences,
  definition,
}: {
  title: string;
  absences: readonly NearAbsence[];
  definition: Definition;
}) {
  return absences.length > 0 ? (
    <>
      <h3 className={style.part}>{title}</h3>
      <ul className={style.absences} aria-label={title}>
        {absences.map((absence) => (
          <Other key={absence.id} absence={absence} definition={definition} />
        ))}
      </ul>
    </>
  ) : null;
}

function Other({ absence, definition }: { absence: NearAbsence; definition: Definition }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  return (
    <li>
      <div className={style.about}>
        <strong>{absence.userName}</strong>
        <span>
          {formatDays(absence.from, absence.until, language)} · {partsOf(absence, definition, t('absence.everything'))}
        </span>
        {absence.handover ? <p className={style.handover}>{absence.handover}</p> : null}
      </div>
    </li>
  );
}
