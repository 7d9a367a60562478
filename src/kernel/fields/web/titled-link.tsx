import { useFieldEnvironment, useRecordTitle } from './environment.tsx';
import style from './field.module.css';

/** A link to a record, by its title. */
export function TitledLink({ object, id, known }: { object: string; id: string; known?: unknown }) {
  const { Link } = useFieldEnvironment();
  const title = useRecordTitle(object, id, known);
  return (
    <Link object={object} id={id} className={`${style.link} ${style.truncate}`}>
      {title ?? '…'}
    </Link>
  );
}
