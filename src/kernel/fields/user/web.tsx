import { useTranslation } from 'react-i18next';
import { useAway } from '../web/away.ts';
import { Person } from '../web/chip.tsx';
import { useRecordTitle } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { RecordPicker } from '../web/record-picker.tsx';

export function Display({ value, field, record }: DisplayProps<string>) {
  return <Person name={useRecordTitle('user', value, record?.expanded?.[field.name]) ?? '…'} away={useAway(value)} />;
}

export function Editor({ value, onChange, onDone, field, record, ...props }: EditorProps<string, { me?: boolean }>) {
  const { t } = useTranslation();
  return (
    <RecordPicker
      {...props}
      object="user"
      creatable={false}
      extra={field.options?.me ? [{ value: 'me', label: t('field.me') }] : undefined}
      value={value ? [value] : []}
      known={[record?.expanded?.[field.name]]}
      onChange={(ids) => onChange(ids[0] ?? null)}
      onDone={onDone && ((ids) => onDone(ids[0] ?? null))}
    />
  );
}
