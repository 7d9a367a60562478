import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { get } from '../api/client.ts';
import type { RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';

const Loaded = lazy(() => withWords('meetings', import('./meeting.tsx')).then(({ Meeting }) => ({ default: Meeting })));

/** Of a meeting or a visit: who takes part, what they were told and what they say. Its code comes with the first one. */
export function MeetingOf({ record }: { record: RecordShape }) {
  if (record.deletedAt || !['meeting', 'visit'].includes(String(record.channel))) return null;
  return (
    <Suspense fallback={null}>
      <Loaded id={record.id} version={record.version} />
    </Suspense>
  );
}

/** Of a mail that brings an invitation or the answer to one: the meeting that it is about. */
export function MeetingOfMail({ record }: { record: RecordShape }) {
  const files = (record.attachments ?? []) as FileLink[];
  const isAbout =
    record.channel === 'email' && files.some(({ name, type }) => /calendar|\/ics/.test(type) || /\.ics$/i.test(name));
  const { data } = useQuery({
    queryKey: ['records', 'interaction', 'meeting-of', record.id],
    queryFn: ({ signal }) => get<{ meeting: string | null }>(`/meetings/of-mail/${record.id}`, undefined, signal),
    enabled: isAbout,
    staleTime: 60_000,
  });
  if (!isAbout || !data?.meeting) return null;
  return (
    <Suspense fallback={null}>
      <Loaded id={data.meeting} isElsewhere />
    </Suspense>
  );
}
