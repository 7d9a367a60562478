import type { RowProblemCode, TransferParams } from './errors.ts';

/**
 * Some rows of a file, all of the same width as its columns.
 * The strings may be views on the piece of the file that was read: who keeps one longer than the batch (a set of keys,
 * say) keeps that piece (some 100 kB) alive with it and should keep a copy: `Buffer.from(text).toString()`.
 */
export type RowBatch = {
  /** Number of the batch's first row among the data rows of the file, from 0. `rows({ from })` takes such a number. */
  first: number;
  /** Line (of a workbook: row) on which the batch's first row begins, from 1. */
  firstLine: number;
  rows: string[][];
  /** Line on which each row begins: quoted line breaks and blank lines make it run ahead of the row's number. */
  lines: number[];
  problems: RowProblem[];
};

/** An oddity of one row. The row is delivered: cut or filled up to the width of the header. */
export type RowProblem = { row: number; line: number; code: RowProblemCode; params: TransferParams };

export type RowCollector = {
  add(cells: string[], line: number, problem?: Pick<RowProblem, 'code' | 'params'>): void;
  /** Batches that are full. */
  take(): RowBatch[];
  /** What is left at the end of the file. */
  rest(): RowBatch[];
};

/** 1,000 rows share one await; a batch of huge cells is closed earlier, so that it never holds more than ~1 MB of text. */
const ROWS_PER_BATCH = 1_000;
const TEXT_PER_BATCH = 1_000_000;

/** Gathers rows to batches and leaves out those before `from`, which an earlier run has dealt with. */
export function collectRows(from = 0): RowCollector {
  let full: RowBatch[] = [];
  let batch = emptyBatch(from);
  let textLength = 0;
  let row = 0;

  function close(): void {
    if (batch.rows.length > 0) full.push(batch);
    batch = emptyBatch(row);
    textLength = 0;
  }

  function take(): RowBatch[] {
    const taken = full;
    full = [];
    return taken;
  }

  return {
    add(cells, line, problem) {
      const number = row++;
      if (number < from) return;
      if (batch.rows.length === 0) batch.firstLine = line;
      batch.rows.push(cells);
      batch.lines.push(line);
      if (problem) batch.problems.push({ row: number, line, ...problem });
      for (let i = 0; i < cells.length; i++) textLength += (cells[i] as string).length;
      if (batch.rows.length >= ROWS_PER_BATCH || textLength >= TEXT_PER_BATCH) close();
    },
    take,
    rest() {
      close();
      return take();
    },
  };
}

function emptyBatch(first: number): RowBatch {
  return { first, firstLine: 0, rows: [], lines: [], problems: [] };
}
