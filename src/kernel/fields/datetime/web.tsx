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

export function Editor(props: EditorProps<string>) {
  return (
    <Suspense fallback={<Skeleton height={30} />}>
      <MomentPicker {...props} />
    </Suspense>
  );
}
