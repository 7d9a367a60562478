import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatNumber } from '#kernel/fields/web/format.ts';
import adminStyle from '../admin/admin.module.css';
import { DataTable, Section } from '../admin/parts.tsx';
import { useStatistics } from './form-queries.ts';
import style from './forms.module.css';

type Counted = 'views' | 'starts' | 'submissions' | 'moves' | 'cancellations';

/** How often a page was opened and what came of it. @param counted what is shown, in its order, with its name */
export function Statistics({
  at,
  id,
  counted,
}: {
  at: 'web-forms' | 'booking-pages';
  id: string;
  counted: Readonly<Partial<Record<Counted, string>>>;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const { items = [], weeks = [] } = useStatistics(at, id).data ?? {};
  const shown = Object.entries(counted) as [Counted, string][];
  // What happens by a link of a letter comes from nowhere.
  const bySource = shown.filter(([one]) => one !== 'moves' && one !== 'cancellations');
  const cells = (row: Readonly<Record<Counted, number>>, of: typeof shown) =>
    of.map(([one]) => (
      <span key={one} className={adminStyle.number}>
        {formatNumber(row[one], language)}
      </span>
    ));
  return (
    <>
      <dl className={style.figures}>
        {shown.map(([one, label]) => (
          <div key={one}>
            <dt>{label}</dt>
            <dd>
              {formatNumber(
                items.reduce((all, row) => all + row[one], 0),
                language,
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className={style.hint}>{t('forms.lastDays')}</p>
      {items.length > 0 ? (
        <Section title={t('forms.sources')}>
          <DataTable
            label={t('forms.sources')}
            columns={[t('forms.source'), ...bySource.map(([, label]) => label)]}
            empty=""
            rows={items.map((row) => ({
              key: row.source,
              cells: [
                row.source === 'direct' || row.source === 'other' ? t(`forms.${row.source}`) : row.source,
                ...cells(row, bySource),
              ],
            }))}
          />
        </Section>
      ) : null}
      {weeks.length > 0 ? (
        <Section title={t('forms.weeks')}>
          <DataTable
            label={t('forms.weeks')}
            columns={[t('forms.weekFrom'), ...shown.map(([, label]) => label)]}
            empty=""
            rows={weeks.map((row) => ({
              key: row.from,
              cells: [formatDate(row.from, language), ...cells(row, shown)],
            }))}
          />
        </Section>
      ) : null}
    </>
  );
}
