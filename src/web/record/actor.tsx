import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import style from './timeline.module.css';

/** Who did something, by name. */
export function Actor({ id, known }: { id: string | null; known?: unknown }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const name = useRecordTitle('user', id === userId ? null : id, known);
  return <b className={style.actor}>{id === null ? 'Tendero' : id === userId ? t('activity.you') : (name ?? '…')}</b>;
}
