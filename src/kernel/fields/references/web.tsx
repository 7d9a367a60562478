import { Fragment } from 'react';
import { useRecordTitle } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { RecordPicker } from '../web/record-picker.tsx';
import { TitledLink } from '../web/titled-link.tsx';

export function Display({ value, field, record }: DisplayProps<readonly string[], { to: string }>) {
  const known = expandedOf(record, field.name);
  return (
    <span className={style.stack}>
      {value.map((id) => (
        <TitledLink key={id} object={field.options?.to ?? ''} id={id} known={known.find((one) => one.id === id)} />
      ))}
    </span>
  );
}

export function Cell({ value, field, record }: DisplayProps<readonly string[], { to: string }>) {
  const known = expandedOf(record, field.name);
  return (
    <span>
      {value.map((id, index) => (
        <Fragment key={id}>
          {index > 0 ? ', ' : null}
          <Title object={field.options?.to ?? ''} id={id} known={known.find((one) => one.id === id)} />
        </Fragment>
      ))}
    </span>
  );
}

/** Where the record that holds it is not at hand, as in a history, its name is asked for. */
function Title({ object, id, known }: { object: string; id: string; known: unknown }) {
  return useRecordTitle(object, id, known) ?? '…';
}

export function Editor({
  value,
  onChange,
  onDone: _onDone,
  field,
  record,
  ...props
}: EditorProps<readonly string[], { to: string }>) {
  return (
    <RecordPicker
      {...props}
      many
      object={field.options?.to ?? ''}
      value={value ?? []}
      known={expandedOf(record, field.name)}
      onChange={(ids) => onChange(ids.length === 0 ? null : ids)}
    />
  );
}

function expandedOf(record: DisplayProps<unknown>['record'], field: string): readonly { id: string; title?: string }[] {
  const expanded = record?.expanded?.[field];
  return Array.isArray(expanded) ? expanded : [];
}
