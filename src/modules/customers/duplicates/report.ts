import { type Column, type ColumnOptions, inferColumns, kindOf, recordOf } from './columns.ts';
import { type FindOptions, findDuplicates, type Note } from './find.ts';
import type { Certainty, Reason } from './match.ts';
import type { Kind, MatchRecord } from './record.ts';

export interface ReportOptions extends FindOptions, ColumnOptions {
  /** What the rows are; told by the columns unless given. */
  readonly kind?: Kind;
  /** The line of the file on which a row starts, counted from 1. Without it each row is taken for one line. */
  readonly lineOf?: (row: number) => number;
}

/** Where a record stands in the file. */
export interface Place {
  /** Position among the rows, from 0; the header is no row. */
  readonly row: number;
  /** Line of the file, from 1; the header is line 1. */
  readonly line: number;
  /** The record's own id, where a column holds one. */
  readonly id?: string;
}

export interface ReportedPair {
  readonly a: Place;
  readonly b: Place;
  /** Probability that both rows are the same person or company, 0–1. */
  readonly score: number;
  readonly certainty: Certainty;
  readonly reasons: readonly Reason[];
}

/** What is known about the duplicates in a file; plain data that survives JSON. */
export interface DuplicateReport {
  readonly kind: Kind;
  readonly columns: readonly Column[];
  readonly records: number;
  /** Pairs of rows that were compared. */
  readonly compared: number;
  /** Surest first. */
  readonly pairs: readonly ReportedPair[];
  readonly groups: readonly (readonly Place[])[];
  readonly notes: readonly Note[];
}

/** Rows that are looked at to tell what unknown columns hold. */
const SAMPLE = 300;

/**
 * Reports the likely duplicates of a file before it is imported.
 *
 * @throws RangeError beyond 2,097,152 rows.
 */
export function reportDuplicates(
  columns: readonly string[],
  rows: Iterable<readonly string[]>,
  options: ReportOptions = {},
): DuplicateReport {
  const all = [...rows];
  const meaning = inferColumns(columns, all.slice(0, SAMPLE), options);
  const kind = options.kind ?? kindOf(meaning);
  const idColumn = meaning.findIndex((column) => column.role === 'recordId');
  const place = (key: string): Place => {
    const row = Number(key);
    const line = options.lineOf?.(row) ?? row + 2;
    const id = all[row]?.[idColumn];
    return id === undefined || id === '' ? { row, line } : { row, line, id: id.slice(0, 120).toWellFormed() };
  };
  const notes: Note[] = meaning.every(({ role }) => role === 'ignored' || role === 'recordId')
    ? [{ code: 'duplicates.note.noColumns', params: {} }]
    : [];
  const found = findDuplicates(
    all.map((row, position): MatchRecord => recordOf(String(position), meaning, row, kind)),
    options,
  );
  return {
    kind,
    columns: meaning,
    records: all.length,
    compared: found.compared,
    pairs: found.pairs.map((pair) => ({ ...pair, a: place(pair.a), b: place(pair.b) })),
    groups: found.groups.map((keys) => keys.map(place)),
    notes: [...notes, ...found.notes],
  };
}
