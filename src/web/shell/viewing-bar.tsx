import { Button } from '@mantine/core';
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import { useTranslation } from 'react-i18next';
import { del } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './viewing.module.css';

/** Says on every screen through whose eyes an administrator looks, and leads back. */
export function ViewingBar({ session, viewer }: { session: Session; viewer: { name: string } }) {
  const { t } = useTranslation();
  const back = async () => {
    try {
      await del('/session/view-as');
      // Everything on the screen is the other person's: begin anew.
      window.location.assign(`/settings/users/${session.user.id}`);
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <div className={style.bar} role="status">
      <IconEye size={15} aria-hidden />
      <span>{t('viewing.text', { name: session.user.name })}</span>
      <Button size="compact-xs" variant="default" onClick={() => void back()}>
        {t('viewing.back', { name: viewer.name })}
      </Button>
    </div>
  );
}
