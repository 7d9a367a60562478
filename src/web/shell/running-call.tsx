import IconPhone from '@tabler/icons-react/dist/esm/icons/IconPhone.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRunningCall } from '../record/running-call.ts';
import { Ticking } from '../ui/ticking.tsx';
import style from './shell.module.css';

/** The way back to the call that one is on. */
export function RunningCall() {
  const { t } = useTranslation();
  const [call] = useRunningCall();
  if (!call) return null;
  const words = t('shell.onCall', { title: call.title });
  return (
    <Link
      to="/o/$object/$id"
      params={{ object: call.object, id: call.id }}
      className={style.call}
      title={words}
      aria-label={words}
    >
      <IconPhone size={14} aria-hidden />
      <Ticking since={call.since} className="tabular" />
    </Link>
  );
}
