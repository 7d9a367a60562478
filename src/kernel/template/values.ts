import { Drop } from 'liquidjs';

/** Whoever reads what becomes of a text. */
export interface Reader {
  /** BCP 47 */
  readonly language: string;
  readonly timeZone: string;
  /** ISO 4217, of an amount that says none. */
  readonly currency: string;
}

/** A value of a record: compared as what it is, shown as its reader writes such a thing. */
export class TemplateValue extends Drop {
  // No field of a record is called so: what a reference points to stands in the same object.
  readonly $value: string | number | boolean | readonly string[] | null;
  /** Null where there is none: a gap. */
  readonly $text: string | null;
  readonly $label: string;

  constructor(value: TemplateValue['$value'], text: string | null, label: string) {
    super();
    this.$value = value;
    this.$text = text;
    this.$label = label;
  }

  override valueOf(): TemplateValue['$value'] {
    return this.$value;
  }
}

/** Values by the first part of their paths: `{ contact: { firstName: … } }`. */
export type TemplateScope = { readonly [name: string]: TemplateValue | TemplateScope };
