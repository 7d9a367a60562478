import { Button } from '@mantine/core';
import IconCloudOff from '@tabler/icons-react/dist/esm/icons/IconCloudOff.mjs';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './offline.module.css';
import { sendOutbox, useOffline, watchNetwork } from './offline.ts';

const OutboxDialog = lazy(() => import('./outbox-dialog.tsx').then((loaded) => ({ default: loaded.OutboxDialog })));

/** Says that there is no network, what waits for it, and what the server did not take. Nothing when all is well. */
export function OfflineBar() {
  const { t } = useTranslation();
  const { outbox, isOnline } = useOffline();
  const [open, setOpen] = useState(false);
  useEffect(watchNetwork, []);
  const refused = outbox.filter((entry) => entry.problem).length;
  const waiting = outbox.length - refused;
  if (isOnline && outbox.length === 0) return null;
  return (
    <div className={style.bar} role="status" data-refused={refused > 0} data-no-print>
      <IconCloudOff size={15} aria-hidden />
      <span>
        {refused > 0
          ? t('offline.refused', { count: refused })
          : waiting > 0
            ? t('offline.waiting', { count: waiting })
            : `${t('offline.title')}. ${t('offline.text')}`}
      </span>
      {waiting > 0 && isOnline ? (
        <Button size="compact-xs" variant="subtle" onClick={() => void sendOutbox()}>
          {t('offline.tryAgain')}
        </Button>
      ) : null}
      {outbox.length > 0 ? (
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(true)}>
          {t('offline.show')}
        </Button>
      ) : null}
      <Suspense fallback={null}>{open ? <OutboxDialog onClose={() => setOpen(false)} /> : null}</Suspense>
    </div>
  );
}
