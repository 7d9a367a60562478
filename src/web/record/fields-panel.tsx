import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { useFields } from '../api/definitions.ts';
import { fieldNow } from '../field-rules.ts';
import { isEmpty } from '../fields.ts';
import { InlineField } from './inline-field.tsx';
import { useRecordContext } from './page-context.ts';
import style from './record.module.css';

const long = new Set(['longText', 'richText', 'json']);

/** Properties one below the other; long texts get the whole width. */
export function FieldsPanel({
  panel,
  zone,
}: {
  panel: Extract<ShownPanel, { type: 'fields' }>;
  zone: 'side' | 'middle';
}) {
  const { t } = useTranslation();
  const { definition, record, showHistory } = useRecordContext();
  const [all, setAll] = useState(false);
  const known = useFields(definition);
  const fields = panel.fields.flatMap((name) => {
    const field = known.get(name);
    return (field && fieldNow(field, record)) ?? [];
  });
  const filled = fields.filter((field) => !isEmpty(record[field.name]));
  // Nothing at all would not say that there is something to fill in.
  const shown = panel.hideEmpty && !all ? (filled.length > 0 ? filled : fields.slice(0, 1)) : fields;
  const hidden = fields.length - shown.length;
  const isWide = (type: string) => long.has(type) && zone === 'middle';
  return (
    <div
      className={zone === 'middle' && !shown.some((field) => isWide(field.type)) ? style.allFields : style.properties}
    >
      {shown.map((field) => (
        <InlineField
          key={field.name}
          definition={definition}
          record={record}
          field={field}
          onHistory={showHistory}
          wide={isWide(field.type)}
        />
      ))}
      {hidden > 0 && filled.length > 0 ? (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          className={style.moreFields}
          onClick={() => setAll(true)}
        >
          {t('record.emptyFields', { count: hidden })}
        </Button>
      ) : null}
    </div>
  );
}
