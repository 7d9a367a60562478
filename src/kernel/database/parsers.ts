import pg from 'pg';

/** Types without a name in the driver: `text[]`, `uuid[]`. */
const TEXT_ARRAY = 1009;
const UUID_ARRAY = 2951;

/**
 * How values come out of PostgreSQL. The driver's own parsers turn a `date` into midnight of the server's zone and
 * numbers of 64 bits into text; here dates stay text, instants become ISO text and numbers become numbers.
 */
const parsers: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.DATE]: (text) => text,
  [pg.types.builtins.TIMESTAMPTZ]: isoInstant,
  [pg.types.builtins.TIMESTAMP]: isoInstant,
  [pg.types.builtins.NUMERIC]: Number,
  [pg.types.builtins.INT8]: Number,
  [TEXT_ARRAY]: textArray,
  [UUID_ARRAY]: textArray,
};

export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format ?? 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/** `2026-01-31 10:00:00.12+00` → `2026-01-31T10:00:00.120Z`; connections run in UTC. */
function isoInstant(text: string): string {
  if (text === 'infinity' || text === '-infinity') return text;
  const milliseconds =
    text.length > 20 && text[19] === '.' ? text.slice(20).replace(/\+00$/, '').padEnd(3, '0').slice(0, 3) : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

const parseArray = pg.types.getTypeParser(TEXT_ARRAY as number, 'text') as (text: string) => string[];

/** Most lists need no quotes; reading them letter by letter was a quarter of the time of a page of contacts. */
function textArray(text: string): string[] {
  if (text === '{}') return [];
  // The label of a single number or address without one.
  if (text === '{""}') return [''];
  return /["\\]|NULL/.test(text) ? parseArray(text) : text.slice(1, -1).split(',');
}
