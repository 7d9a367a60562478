import type { FieldShape } from '../api/types.ts';
import { fieldParts, isEmpty } from '../fields.ts';
import style from './timeline.module.css';

/** What a field was and what it became, as its type shows them. */
export function Change({ field, from, to }: { field: FieldShape; from: unknown; to: unknown }) {
  const { Cell } = fieldParts(field.type);
  const show = (value: unknown) =>
    isEmpty(value) ? <span className={style.quiet}>—</span> : <Cell value={value} field={field} />;
  return (
    <div className={style.change}>
      <span className={style.changeField}>{field.label}</span>
      <span className={style.changeFrom}>{show(from)}</span>
      <span aria-hidden>→</span>
      <span className={style.changeTo}>{show(to)}</span>
    </div>
  );
}
