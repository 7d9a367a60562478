import { queryOptions } from '@tanstack/react-query';
import { readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';

/** In the shape of a list, so that the live feed keeps it fresh like any other. */
export const notificationsQuery = queryOptions({
  queryKey: ['records', 'notification', 'list', 'bell'],
  queryFn: async () => {
    const page = await readPage('notification', {
      filter: { user: { is: 'me' } },
      sort: ['-createdAt'],
      expand: ['actor'],
      limit: 100,
    });
    return { pages: [page], pageParams: [null] };
  },
});

/** What a person may switch off; the same names as the server's. */
export const notificationTypes = ['mentioned', 'assigned', 'commented', 'changed', 'reminder', 'delegated'] as const;
export type NotificationType = (typeof notificationTypes)[number];

export function typeOf(item: RecordShape): string {
  const kind = String(item.kind);
  if (kind === 'asked') return 'assigned';
  return ['accepted', 'declined', 'finished'].includes(kind) ? 'delegated' : kind.replace(/Many$/, '');
}

/** Not put off until later. */
export function isShown(item: RecordShape, now = Date.now()): boolean {
  return !item.snoozedUntil || Date.parse(String(item.snoozedUntil)) <= now;
}

export interface NotificationGroup {
  key: string;
  /** Newest first. */
  items: RecordShape[];
}

/** News of one record together, where its newest stands. */
export function groupNotifications(items: readonly RecordShape[]): NotificationGroup[] {
  const groups = Map.groupBy(items, (item) => (item.targetId ? `${item.targetObject}/${item.targetId}` : item.id));
  return [...groups].map(([key, ofRecord]) => ({ key, items: ofRecord }));
}

/** When something put off comes back: an hour on, or at 9 in the morning of a day. */
export function snoozeUntil(choice: 'hour' | 'tomorrow' | 'week', now = new Date()): Date {
  if (choice === 'hour') return new Date(now.getTime() + 3_600_000);
  const back = new Date(now);
  // Monday is the first day of a week.
  back.setDate(back.getDate() + (choice === 'tomorrow' ? 1 : (8 - back.getDay()) % 7 || 7));
  back.setHours(9, 0, 0, 0);
  return back;
}
