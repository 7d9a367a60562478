import type { Context, Liquid } from 'liquidjs';
import { formatNumber } from '../fields/decimal/format.ts';
import { formatMoney } from '../fields/money/format.ts';
import { type Reader, TemplateValue } from './values.ts';

/** What a text may do to a value before it is written. A missing one stays missing: only `default` says something else. */
export function addFilters(engine: Liquid): void {
  engine.registerFilter('default', (value: unknown, instead: unknown) => (isMissing(value) ? instead : value));
  const add = (name: string, work: (value: unknown, reader: Reader, ...args: unknown[]) => unknown) =>
    engine.registerFilter(name, function (this: { context: Context }, value: unknown, ...args: unknown[]) {
      if (isMissing(value)) return value;
      return work(value, this.context.getRegister<Reader>('reader'), ...args.map(plain));
    } as never);
  const words = (name: string, work: (text: string, language: string, ...args: unknown[]) => unknown) =>
    add(name, (value, { language }, ...args) => work(shown(value), language, ...args));
  const sums = (name: string, work: (a: number, b: number) => number) =>
    add(name, (value, _reader, by) => {
      const result = work(Number(plain(value)), Number(by));
      return Number.isFinite(result) ? result : null;
    });

  words('upcase', (text, language) => text.toLocaleUpperCase(language));
  words('downcase', (text, language) => text.toLocaleLowerCase(language));
  words('capitalize', (text, language) => text.replace(/^./u, (first) => first.toLocaleUpperCase(language)));
  words('truncate', (text, _language, most) => {
    const letters = Math.max(1, Math.trunc(Number(most)) || 50);
    return text.length > letters ? `${text.slice(0, letters - 1).toWellFormed()}…` : text;
  });
  sums('plus', (a, b) => a + b);
  sums('minus', (a, b) => a - b);
  sums('times', (a, b) => a * b);
  sums('divided_by', (a, b) => a / b);
  add('size', (value) => {
    const of = plain(value);
    return Array.isArray(of) ? of.length : String(of).length;
  });
  add('join', (value, _reader, between) => {
    const all = plain(value);
    return Array.isArray(all) ? all.join(typeof between === 'string' ? between.slice(0, 20) : ', ') : all;
  });
  add('number', (value, { language }, digits) => {
    const number = Number(plain(value));
    return Number.isFinite(number) ? formatNumber(number, language, digitsOf(digits)) : null;
  });
  add('money', (value, { language, currency }, other) => {
    if (value instanceof TemplateValue && other === undefined) return value;
    const amount = Number(plain(value));
    const named = typeof other === 'string' && /^[A-Z]{3}$/.test(other) ? other : currency;
    return Number.isFinite(amount) ? formatMoney({ amount, currency: named }, language) : null;
  });
  const moments = (name: string, style: (length: Length) => Intl.DateTimeFormatOptions) =>
    add(name, (value, { language, timeZone }, length) => {
      const text = String(plain(value));
      const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
      const at = new Date(isDay ? `${text}T00:00:00Z` : text);
      if (Number.isNaN(at.getTime())) return null;
      const known = lengths.find((one) => one === length) ?? 'long';
      return new Intl.DateTimeFormat(language, { ...style(known), timeZone: isDay ? 'UTC' : timeZone })
        .format(at)
        .replaceAll('\u202f', ' ');
    });
  moments('date', (dateStyle) => ({ dateStyle }));
  moments('time', () => ({ timeStyle: 'short' }));
}

const lengths = ['short', 'medium', 'long', 'full'] as const;
type Length = (typeof lengths)[number];

function isMissing(value: unknown): boolean {
  const bare = plain(value);
  return bare === null || bare === undefined || bare === '' || (Array.isArray(bare) && bare.length === 0);
}

function plain(value: unknown): unknown {
  return value instanceof TemplateValue ? value.$value : value;
}

function shown(value: unknown): string {
  return value instanceof TemplateValue ? (value.$text ?? '') : String(value);
}

function digitsOf(digits: unknown): number {
  const number = Math.trunc(Number(digits ?? 2));
  return Number.isFinite(number) ? Math.min(Math.max(number, 0), 10) : 2;
}
