import {
  ContactPointsCell,
  ContactPointsDisplay,
  ContactPointsEditor,
  type ContactValue,
} from '../web/contact-points.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display(props: DisplayProps<ContactValue>) {
  return <ContactPointsDisplay {...props} hrefOf={(address) => `mailto:${address}`} />;
}

export function Cell(props: DisplayProps<ContactValue>) {
  return <ContactPointsCell {...props} />;
}

export function Editor(props: EditorProps<ContactValue, { many?: boolean }>) {
  return <ContactPointsEditor {...props} type="email" />;
}
