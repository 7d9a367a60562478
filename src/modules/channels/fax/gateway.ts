import { beginning } from '#kernel/fields/clean.ts';
import { asAddress, oneLine } from '#kernel/mail/address.ts';
import { normalAddress } from '../identify.ts';

/** How a gateway is talked to: what of a `faxGateway` a program needs. */
export interface FaxGateway {
  readonly id: string;
  /** Ours, in E.164 like all numbers here. */
  readonly number: string;
  readonly address: string;
  readonly numberForm: 'digits' | 'plus' | 'zeros';
  readonly subject: string;
  readonly firstLine: string;
  readonly senders: ReadonlySet<string>;
  readonly numberIn: 'subject' | 'sender' | 'header' | 'text';
  readonly numberAfter: string;
  readonly header: string;
  readonly delivered: readonly string[];
  readonly failed: readonly string[];
  /** Of numbers without a calling code. */
  readonly country: string;
}

const NUMBER = '{number}';
/** Stands in what is kept of a fax, and is filled in on its way out. */
export const SECRET = '{secret}';
/** A number among other words: digits, and what people put between them. */
const LIKELY = /\+?\(?\d[\d\s().+/-]{4,28}\d/g;
const DATE = /^\(?\d{4}-\d\d-\d\d/;
/** Of a text that somebody else wrote. */
const LONGEST_TEXT = 5_000;

export function isFaxNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

/** Where a mail goes that is to become a fax. @throws RangeError for what is no number, or a pattern that makes no address */
export function addressAt({ address, numberForm }: Pick<FaxGateway, 'address' | 'numberForm'>, number: string): string {
  if (!isFaxNumber(number)) throw new RangeError('this is no fax number');
  const written = { plus: number, digits: number.slice(1), zeros: `00${number.slice(1)}` }[numberForm];
  const whole = asAddress(address.replace(NUMBER, written));
  if (whole === null || !address.includes(NUMBER)) throw new RangeError('this makes no address');
  return whole;
}

/** The number that an address at the gateway means; null for an address elsewhere. */
export function numberAt({ address, country }: Pick<FaxGateway, 'address' | 'country'>, at: string): string | null {
  const [before = '', after = ''] = address.toLowerCase().split(NUMBER);
  const text = at.toLowerCase();
  if (!text.startsWith(before) || !text.endsWith(after) || text.length <= before.length + after.length) return null;
  return asNumber(text.slice(before.length, text.length - after.length), country);
}

/** The first number that stands in a text, behind some words where it has to. */
export function numberIn(text: string, country: string, after = ''): string | null {
  const start = after ? text.toLowerCase().indexOf(after.toLowerCase()) : 0;
  if (start < 0) return null;
  for (const [likely] of text.slice(start + after.length, start + after.length + LONGEST_TEXT).matchAll(LIKELY)) {
    if (DATE.test(likely)) continue;
    // What stands behind it may be a number, too: `+370 612 34567 (2 pages)`.
    for (let text = likely; text.length > 5; text = text.slice(0, text.search(/[\s(]+\S*$/))) {
      const number = asNumber(text, country);
      if (number) return number;
      if (!/[\s(]/.test(text)) break;
    }
  }
  return null;
}

/** A template with its words filled in, in one line; an empty one says what the fax says. */
export function fill(template: string, words: { readonly subject: string; readonly number: string }): string {
  const own = { '{subject}': words.subject.replaceAll(SECRET, ''), '{number}': words.number };
  const text = (template || '{subject}').replaceAll(/\{(?:subject|number)\}/g, (name) => own[name as keyof typeof own]);
  return beginning(oneLine(text), 300) ?? '';
}

/** As it is dialled in the gateway's country; else with the calling code in front, which many leave without its plus. */
function asNumber(text: string, country: string): string | null {
  const found = normalAddress(text, country) ?? normalAddress(`+${text.replaceAll(/\D/g, '')}`, country);
  return found && isFaxNumber(found) ? found : null;
}
