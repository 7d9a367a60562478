import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import type { RecordShape } from '../api/types.ts';
import style from './compose.module.css';

/** When a mail was opened whose writer asked to know. */
export function Opened({ record }: { record: RecordShape }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  if (typeof record.openedAt !== 'string') return null;
  const count = Number(record.openings ?? 1);
  const followed = typeof record.followedAt === 'string' ? record.followedAt : null;
  return (
    <p className={style.opened}>
      <IconEye size={13} aria-hidden />
      {t('activity.opened', { count, when: formatAgo(record.openedAt, language) })}
      {followed ? ` · ${t('activity.followed', { when: formatAgo(followed, language) })}` : null}
    </p>
  );
}
