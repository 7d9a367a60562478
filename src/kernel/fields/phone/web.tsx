import { useState } from 'react';
import {
  ContactPointsCell,
  ContactPointsDisplay,
  ContactPointsEditor,
  type ContactValue,
  pointsOf,
} from '../web/contact-points.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { usePhoneText } from '../web/phone-text.ts';

export function Display(props: DisplayProps<ContactValue>) {
  const textOf = usePhoneText();
  return <ContactPointsDisplay {...props} textOf={textOf} hrefOf={(number) => `tel:${number.replace('x', ';ext=')}`} />;
}

export function Cell(props: DisplayProps<ContactValue>) {
  return <ContactPointsCell {...props} textOf={usePhoneText()} />;
}

export function Editor(props: EditorProps<ContactValue, { many?: boolean }>) {
  const phoneText = usePhoneText();
  // What is being typed is nobody's to rewrite; only numbers that were there before are shown as people write them.
  const [before] = useState(() => new Set(props.value === null ? [] : pointsOf(props.value).map(({ value }) => value)));
  return (
    <ContactPointsEditor {...props} type="tel" textOf={(value) => (before.has(value) ? phoneText(value) : value)} />
  );
}
