import { useFields } from '../api/definitions.ts';
import { isEmpty } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { useRecordContext } from './page-context.ts';
import style from './record.module.css';

/** More do not fit beside each other on 1440 pixels. */
const most = 4;

/** The properties that tell most, on top. One alone says no more than it does in its place below. */
export function Highlights() {
  const { definition, record, layout, compact } = useRecordContext();
  const known = useFields(definition);
  const fields = (layout.highlights ?? [])
    .flatMap((name) => known.get(name) ?? [])
    .filter((field) => !isEmpty(record[field.name]))
    .slice(0, compact ? 3 : most);
  if (fields.length < 2) return null;
  return (
    <dl className={style.figures}>
      {fields.map((field) => (
        <div key={field.name}>
          <dt title={field.label}>{field.label}</dt>
          <dd>
            <FieldValue field={field} record={record} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
