/**
 * The filter language: plain JSON, the same in REST, saved views, segments, rights, roll-ups and automation.
 *
 * - `{ "and": [...] }`, `{ "or": [...] }`, `{ "not": {...} }`
 * - `{ "amount": { "gte": 1000, "lt": 5000 } }`: operators of the field's type, all of them must hold
 * - `{ "stage": "…id…" }` is short for `{ "stage": { "is": … } }`, `{ "phone": null }` for `{ "phone": { "empty": true } }`
 * - `{ "account.industry": { "is": "retail" } }` goes through references, at most three of them
 * - `{ "owner": { "is": "me" } }`, `{ "team": { "in": ["mine"] } }`, `{ "closeOn": { "within": "this-month" } }`
 * - `{ "$search": "words" }`: records that contain all the words
 *
 * Several keys in one object all have to hold.
 */
export type Filter = { readonly [key: string]: FilterValue } | AndFilter | OrFilter | NotFilter;
export type FilterValue = string | number | boolean | null | FilterOperators;
export type FilterOperators = { readonly [operator: string]: unknown };
interface AndFilter {
  readonly and: readonly Filter[];
}
interface OrFilter {
  readonly or: readonly Filter[];
}
interface NotFilter {
  readonly not: Filter;
}
