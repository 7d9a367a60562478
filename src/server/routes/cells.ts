import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { translator } from '#kernel/i18n/translate.ts';
import type { Door } from '#kernel/records/door.ts';
import { type ReadCell, readCells } from '#kernel/transfer/read-cells.ts';
import { readerLanguage } from '../problems.ts';
import { visitorOfRequest } from '../session.ts';

const Body = Type.Object(
  {
    fields: Type.Array(Type.String({ maxLength: 63 }), { minItems: 1, maxItems: 200 }),
    rows: Type.Array(Type.Array(Type.String({ maxLength: 100_000 }), { maxItems: 200 }), { maxItems: 10_000 }),
    locale: Type.Optional(
      Type.String({
        pattern: '^[a-z]{2}(-[A-Z]{2})?$',
        description:
          'How days and numbers are written, where the texts leave it open: `en-GB`; by the reader’s language when left out',
      }),
    ),
  },
  { additionalProperties: false },
);
const Cell = Type.Object({
  value: Type.Optional(Type.Unknown()),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String({ description: 'Why the text is no value of this field' })),
});

/** Texts from a spreadsheet become values, before a bulk update writes them. */
export function cellRoutes(app: FastifyInstance): void {
  app.post<{ Params: { object: string }; Body: { fields: string[]; rows: string[][]; locale?: string } }>(
    '/api/records/:object/read-cells',
    {
      bodyLimit: 20 * 1024 * 1024,
      schema: {
        tags: ['records'],
        summary: 'Read texts as people write them into values of fields; nothing is written',
        params: Type.Object({ object: Type.String() }),
        body: Body,
        response: { 200: Type.Object({ rows: Type.Array(Type.Array(Cell)) }) },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { fields, rows, locale } = request.body;
      const door: Door = { workspace, principal, via: 'rest', trusted: false, unit: null };
      const read = await readCells(door, request.params.object, fields, rows, locale);
      const words = translator(readerLanguage(request));
      const told = (cell: ReadCell) =>
        'code' in cell ? { code: cell.code, message: words(cell.code, cell.params ?? {}) } : cell;
      return { rows: read.map((row) => row.map(told)) };
    },
  );
}
