import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { plainText, RichText } from '../web/rich-text.tsx';

const TipTapEditor = lazy(() =>
  import('../web/rich-text-editor.tsx').then((loaded) => ({ default: loaded.TipTapEditor })),
);

export function Display({ value }: DisplayProps<string>) {
  return <RichText html={value} />;
}

export function Cell({ value }: DisplayProps<string>) {
  return <span>{plainText(value.slice(0, 1000)).slice(0, 200)}</span>;
}

export function Editor(props: EditorProps<string>) {
  return (
    <Suspense fallback={<Skeleton height={120} />}>
      <TipTapEditor {...props} />
    </Suspense>
  );
}
