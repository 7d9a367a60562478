import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { recurrenceWords } from '../web/recurrence-words.ts';

const RecurrenceEditor = lazy(() =>
  import('../web/recurrence-editor.tsx').then((loaded) => ({ default: loaded.RecurrenceEditor })),
);

export function Display({ value }: DisplayProps<string>) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  return <span>{recurrenceWords(value, t, language)}</span>;
}

export function Editor(props: EditorProps<string>) {
  return (
    <Suspense>
      <RecurrenceEditor {...props} />
    </Suspense>
  );
}
