import { useTranslation } from 'react-i18next';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { Activity } from './activity.tsx';
import { InlineField } from './inline-field.tsx';
import style from './record.module.css';

const telling = ['money', 'rollup', 'formula', 'percent', 'date', 'rating'];

/** The figures that tell most, the long texts, then the latest of what happened. */
export function Overview({
  definition,
  record,
  longFields,
  onHistory,
}: {
  definition: Definition;
  record: RecordShape;
  longFields: readonly FieldShape[];
  onHistory(field: FieldShape): void;
}) {
  const { t } = useTranslation();
  const figures = definition.fields.filter(
    (field) => telling.includes(field.type) && field.name !== definition.title && !isEmpty(record[field.name]),
  );
  // One alone says no more than the properties beside it do.
  const ranked = [...figures].sort((a, b) => telling.indexOf(a.type) - telling.indexOf(b.type)).slice(0, 4);
  return (
    <>
      {ranked.length > 1 ? (
        <dl className={style.figures}>
          {ranked.map((field) => (
            <div key={field.name}>
              <dt>{field.label}</dt>
              <dd>
                <FieldValue field={field} record={record} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {longFields.map((field) => (
        <InlineField
          key={field.name}
          definition={definition}
          record={record}
          field={field}
          onHistory={onHistory}
          wide
        />
      ))}
      <h2 className={style.sectionTitle}>{t('record.activity')}</h2>
      <Activity definition={definition} record={record} />
    </>
  );
}
