import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { TextLine } from '../web/text-line.tsx';

export function Display({ value }: DisplayProps<string>) {
  const safe = /^https?:\/\//i.test(value);
  if (!safe) return <span>{value}</span>;
  return (
    <a className={`${style.link} ${style.truncate}`} href={value} target="_blank" rel="noopener noreferrer">
      {value.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')}
    </a>
  );
}

export function Editor({ field: _field, record: _record, onDone: _onDone, ...props }: EditorProps<string>) {
  return <TextLine {...props} type="url" inputMode="url" placeholder={props.placeholder ?? 'https://'} />;
}
