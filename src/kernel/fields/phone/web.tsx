import { useState } from 'react';
import { ContactPointsEditor, type ContactValue, pointsOf } from '../web/contact-points.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { usePhoneText } from '../web/phone-text.ts';

export function Display({ value }: DisplayProps<ContactValue>) {
  const phoneText = usePhoneText();
  return (
    <span className={style.stack}>
      {pointsOf(value).map((point) => (
        <span key={point.value} className={style.truncate}>
          <a className={style.link} href={`tel:${point.value.replace('x', ';ext=')}`}>
            {phoneText(point.value)}
          </a>
          {point.label ? <span className={style.quiet}> · {point.label}</span> : null}
        </span>
      ))}
    </span>
  );
}

export function Cell({ value }: DisplayProps<ContactValue>) {
  const phoneText = usePhoneText();
  const points = pointsOf(value);
  return (
    <span>
      {points[0] ? phoneText(points[0].value) : null}
      {points.length > 1 ? <span className={style.quiet}> +{points.length - 1}</span> : null}
    </span>
  );
}

export function Editor(props: EditorProps<ContactValue, { many?: boolean }>) {
  const phoneText = usePhoneText();
  // What is being typed is nobody's to rewrite; only numbers that were there before are shown as people write them.
  const [before] = useState(() => new Set(props.value === null ? [] : pointsOf(props.value).map(({ value }) => value)));
  return (
    <ContactPointsEditor {...props} type="tel" textOf={(value) => (before.has(value) ? phoneText(value) : value)} />
  );
}
