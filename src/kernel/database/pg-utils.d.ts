/** The driver's translation of values for the server; `pg-cursor` and `pg-query-stream` import it by this path, too. */
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): unknown;
}
