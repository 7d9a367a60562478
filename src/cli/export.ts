import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '#app/exit-codes.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { contentTypes, type ExportFormat, exportRecords } from '#kernel/transfer/export/export.ts';
import type { Command } from './command.ts';
import { personOf } from './person.ts';

export const exportCommand: Command = {
  usage: '<object>',
  summary: 'Export records as CSV, XLSX or vCard',
  details:
    'Without --out it goes to stdout. What it writes can be imported again; with --ids references come back to the same records.',
  words: { least: 1, most: 1 },
  options: {
    filter: { type: 'string', value: '<json>', about: 'Only the records that a filter finds: {"status":"customer"}' },
    sort: { type: 'string', value: '<field,…>', about: 'Fields to sort by, - before one is descending' },
    fields: {
      type: 'string',
      value: '<field,…>',
      about: 'Columns, also through references: name,account.industry (all)',
    },
    format: { type: 'string', value: 'csv|xlsx|vcf', about: 'csv unless told' },
    ids: { type: 'boolean', about: 'References as ids rather than as titles' },
    out: { type: 'string', value: '<file>', about: 'Where to write it' },
    as: { type: 'string', value: '<address>', about: 'Whose rights count (the first administrator)' },
  },
  async run(call) {
    const format = (call.text('format') ?? 'csv') as ExportFormat;
    if (!(format in contentTypes)) throw new UsageError('--format is csv, xlsx or vcf.');
    const out = call.text('out');
    if (out === undefined && call.flag('json'))
      throw new UsageError('With --json the records go to a file: give --out.');
    const { workspace, principal } = await personOf(await call.runtime(), call.text('as'));
    const filter = call.text('filter');
    const parts = await exportRecords(workspace, principal, call.words[0] as string, format, {
      ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
      ...(call.text('sort') ? { sort: call.text('sort')!.split(',') } : {}),
      ...(call.text('fields') ? { fields: call.text('fields')!.split(',') } : {}),
      references: call.flag('ids') ? 'ids' : 'titles',
    });
    const stream = Readable.from(parts, { objectMode: false });
    if (out === undefined) {
      await pipeline(stream, process.stdout, { signal: call.signal, end: false });
      return { format };
    }
    const path = call.path(out);
    await pipeline(stream, createWriteStream(path), { signal: call.signal });
    return { format, path };
  },
};

function parseFilter(text: string): Filter {
  try {
    return JSON.parse(text) as Filter;
  } catch {
    throw new UsageError('--filter is no JSON.');
  }
}
