import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatDate } from '../web/format.ts';

const DayPicker = lazy(() => import('../web/date-picker.tsx').then((loaded) => ({ default: loaded.DayPicker })));

export function Display({ value }: DisplayProps<string>) {
  const { language } = useFieldEnvironment();
  return <time dateTime={value}>{formatDate(value, language)}</time>;
}

export function Editor(props: EditorProps<string>) {
  return (
    <Suspense fallback={<Skeleton height={30} />}>
      <DayPicker {...props} />
    </Suspense>
  );
}
