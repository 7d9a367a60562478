import type { ImportSource } from '../source.ts';

/** A file is read for a fraction of a second while somebody waits; a list of values is complete long before. */
const ROWS_READ = 100_000;
const MOST_VALUES = 200;
const LONGEST = 200;

export interface ColumnValues {
  /** Most frequent first, as they are written; empty cells are left out. */
  values: { text: string; count: number }[];
  /** There are more of them, or more rows than were read. */
  more: boolean;
}

/** The different texts of one column, for somebody who says what each of them means. */
export async function valuesOfColumn(source: Pick<ImportSource, 'rows'>, column: number): Promise<ColumnValues> {
  const counts = new Map<string, number>();
  let read = 0;
  let more = false;
  for await (const { rows } of source.rows()) {
    for (const cells of rows) {
      const text = (cells[column] ?? '').trim().slice(0, LONGEST);
      if (text === '') continue;
      const count = counts.get(text);
      if (count === undefined && counts.size >= MOST_VALUES * 10) more = true;
      else counts.set(text, (count ?? 0) + 1);
    }
    read += rows.length;
    if (read < ROWS_READ) continue;
    more = true;
    break;
  }
  const values = [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
  return { values: values.slice(0, MOST_VALUES), more: more || values.length > MOST_VALUES };
}
