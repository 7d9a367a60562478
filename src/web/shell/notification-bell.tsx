import { ActionIcon, Popover } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/types.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { isShown, notificationsQuery } from './notifications.ts';
import style from './shell.module.css';

const NotificationCentre = lazy(() =>
  import('./notification-centre.tsx').then((loaded) => ({ default: loaded.NotificationCentre })),
);

/** It comes back at most so much later. */
const SNOOZED_MS = 20_000;

/** How many news there are; opens them. */
export function NotificationBell({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { data } = useQuery(notificationsQuery);
  const items = data?.pages[0]?.items ?? [];
  const unread = items.filter((item) => !item.readAt && isShown(item)).length;
  const hasSnoozed = items.some((item) => !isShown(item));
  const [, look] = useState(0);
  // What was put off comes back without anybody doing anything.
  useEffect(() => {
    if (!hasSnoozed) return;
    const timer = setInterval(() => look((times) => times + 1), SNOOZED_MS);
    return () => clearInterval(timer);
  }, [hasSnoozed]);
  return (
    <Popover opened={open} onChange={setOpen} width={400} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon
          className={style.bell}
          aria-label={t('shell.notifications', { count: unread })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <IconBell size={17} stroke={1.7} />
          {unread > 0 ? <span className={style.dot} aria-hidden /> : null}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} maw="calc(100vw - 16px)">
        <Suspense fallback={<SkeletonLines lines={6} />}>
          {open ? <NotificationCentre session={session} onClose={() => setOpen(false)} /> : null}
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
