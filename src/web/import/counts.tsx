import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import style from './import.module.css';
import type { ImportCounts } from './types.ts';

export function Counts({ counts }: { counts: ImportCounts }) {
  const { t, i18n } = useTranslation();
  const shown = (['created', 'updated', 'skipped', 'duplicates', 'failed'] as const).filter(
    (name) => counts[name] !== undefined,
  );
  return (
    <dl className={style.counts}>
      {shown.map((name) => (
        <div key={name} data-name={name} data-zero={counts[name] === 0}>
          <dd className="tabular">{formatNumber(counts[name] ?? 0, i18n.language)}</dd>
          <dt>{t(`import.count.${name}`)}</dt>
        </div>
      ))}
    </dl>
  );
}
