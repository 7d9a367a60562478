import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatDateTime } from '../web/format.ts';

const MomentPicker = lazy(() => import('../web/date-picker.tsx').then((loaded) => ({ default: loaded.MomentPicker })));

export function Display({ value }: DisplayProps<string>) {
  const { language, timeZone } = useFieldEnvironment();
  return <time dateTime={value}>{formatDateTime(value, language, timeZone)}</time>;
}

/** Without the year while it is this one; all of it where the pointer is, for writing every moment twice took a sixth of a row. */
export function Cell({ value }: DisplayProps<string>) {
  const { language, timeZone } = useFieldEnvironment();
  const isThisYear = value.slice(0, 4) === new Date().toISOString().slice(0, 4);
  const options: Intl.DateTimeFormatOptions = isThisYear
    ? { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }
    : { dateStyle: 'medium' };
  return (
    <time
      dateTime={value}
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = formatDateTime(value, language, timeZone);
      }}
    >
      {formatDateTime(value, language, timeZone, options)}
    </time>
  );
}

export function Editor(props: EditorProps<string>) {
  return (
    <Suspense fallback={<Skeleton height={30} />}>
      <MomentPicker {...props} />
    </Suspense>
  );
}
