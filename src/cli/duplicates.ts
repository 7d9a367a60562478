import { translator } from '#kernel/i18n/translate.ts';
import { openSource } from '#kernel/transfer/source.ts';
import { reportDuplicates } from '#modules/customers/index.ts';
import type { Command } from './command.ts';

/** Printed for people; --json has them all. */
const SHOWN = 20;

export const duplicates: Command = {
  usage: '--file <file> [--exclude <columns>]',
  summary: 'Report likely duplicates of a file before it is imported',
  details: 'Reads CSV, XLSX and vCard. Needs no database. Rows are counted from 0, lines of the file from 1.',
  options: {
    file: { type: 'string', value: '<file>', about: 'The file to look at' },
    exclude: { type: 'string', value: '<a,b>', about: 'Columns that must not be compared' },
  },
  async run(call) {
    const source = await openSource(call.path(call.needed('file')));
    try {
      const rows: string[][] = [];
      const lines: number[] = [];
      for await (const batch of source.rows()) {
        call.signal.throwIfAborted();
        // The cells are views on the piece of the file they came from, which would stay in memory with them.
        for (const row of batch.rows) rows.push(row.map((cell) => Buffer.from(cell).toString()));
        for (const line of batch.lines) lines.push(line);
        call.progress(`Reading … ${rows.length} rows`);
      }
      call.progress(`Comparing ${rows.length} rows …`);
      const report = reportDuplicates(source.columns, rows, {
        lineOf: (row) => lines[row]!,
        exclude:
          call
            .text('exclude')
            ?.split(',')
            .map((name) => name.trim()) ?? [],
      });
      call.print(`${report.records} rows, ${report.pairs.length} likely pairs in ${report.groups.length} groups.`);
      for (const { a, b, score, certainty } of report.pairs.slice(0, SHOWN)) {
        call.print(`  lines ${a.line} and ${b.line}: ${certainty}, ${Math.round(score * 100)} %`);
      }
      if (report.pairs.length > SHOWN) call.print(`  and ${report.pairs.length - SHOWN} more (--json shows all)`);
      for (const { code, params } of report.notes) call.print(translator('en')(code, params));
      return report;
    } finally {
      await source.close();
    }
  },
};
