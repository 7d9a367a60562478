import type { Filter } from '../../query/filter.ts';
import { useRecordTitle } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { RecordPicker } from '../web/record-picker.tsx';
import { TitledLink } from '../web/titled-link.tsx';

export function Display({ value, field, record }: DisplayProps<string, { to: string }>) {
  return <TitledLink object={field.options?.to ?? ''} id={value} known={record?.expanded?.[field.name]} />;
}

/** Without a link: a click in a list's cell is for the cell. */
export function Cell({ value, field, record }: DisplayProps<string, { to: string }>) {
  return (
    <span className={style.truncate}>
      {useRecordTitle(field.options?.to ?? '', value, record?.expanded?.[field.name]) ?? '…'}
    </span>
  );
}

type Options = { to: string; only?: Filter };

export function Editor({ value, onChange, onDone, field, record, ...props }: EditorProps<string, Options>) {
  return (
    <RecordPicker
      {...props}
      object={field.options?.to ?? ''}
      only={field.options?.only}
      value={value ? [value] : []}
      known={[record?.expanded?.[field.name]]}
      onChange={(ids) => onChange(ids[0] ?? null)}
      onDone={onDone && ((ids) => onDone(ids[0] ?? null))}
    />
  );
}
