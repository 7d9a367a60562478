import type { AggregateRow, RecordShape } from '../api/types.ts';

/** A group of rows: what heads it, and what is told of all its records. */
export interface Group {
  key: string;
  /** The value as the server groups by it; null for records without one. */
  value: unknown;
  totals: AggregateRow;
  count: number;
  isOpen: boolean;
}

export type Line =
  | { kind: 'record'; record: RecordShape }
  | { kind: 'group'; group: Group }
  /** The rest of a group, which is loaded when it is asked for. */
  | { kind: 'more'; group: Group; shown: number }
  | { kind: 'waiting' };

/** What a table shows, line by line. All lines are of one height. */
export interface Lines {
  /** First and one past the last line that is loaded. */
  start: number;
  end: number;
  /** Lines there is room for: those that are loaded, and some that are on their way. */
  count: number;
  at(index: number): Line;
  /** Cursors before the first and behind the last line; none where lines are not those of one list. */
  ends?: { previous: string | null; next: string | null };
  /** Nothing more is to come. */
  isComplete: boolean;
  isPending: boolean;
  /** Rows of the question before, until those of the new one are there. */
  isStale: boolean;
  error: unknown;
  /** These lines are on the screen: what is around them should be loaded. */
  show(first: number, last: number): void;
  retry(): void;
}

export function recordsBetween(lines: Lines, from: number, to: number): RecordShape[] {
  const records: RecordShape[] = [];
  for (
    let index = Math.max(lines.start, Math.min(from, to));
    index <= Math.min(lines.end - 1, Math.max(from, to));
    index++
  ) {
    const line = lines.at(index);
    if (line.kind === 'record') records.push(line.record);
  }
  return records;
}

export function recordAt(lines: Lines, index: number): RecordShape | undefined {
  const line = index >= lines.start && index < lines.end ? lines.at(index) : undefined;
  return line?.kind === 'record' ? line.record : undefined;
}

/** The nearest line with a record from here on, in a direction; the line itself where there is none. */
export function nextRecord(lines: Lines, from: number, step: 1 | -1): number {
  for (let index = from; index >= lines.start && index < lines.end; index += step)
    if (lines.at(index).kind === 'record') return index;
  return recordAt(lines, from) ? from : -1;
}
