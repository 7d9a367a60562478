import { ContactPointsEditor, type ContactValue, pointsOf } from '../web/contact-points.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value }: DisplayProps<ContactValue>) {
  return (
    <span className={style.stack}>
      {pointsOf(value).map((point) => (
        <span key={point.value} className={style.truncate}>
          <a className={style.link} href={`mailto:${point.value}`}>
            {point.value}
          </a>
          {point.label ? <span className={style.quiet}> · {point.label}</span> : null}
        </span>
      ))}
    </span>
  );
}

export function Cell({ value }: DisplayProps<ContactValue>) {
  const points = pointsOf(value);
  return (
    <span>
      {points[0]?.value}
      {points.length > 1 ? <span className={style.quiet}> +{points.length - 1}</span> : null}
    </span>
  );
}

export function Editor(props: EditorProps<ContactValue, { many?: boolean }>) {
  return <ContactPointsEditor {...props} type="email" />;
}
