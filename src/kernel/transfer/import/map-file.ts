import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Problem } from '../../problems/problem.ts';
import type { SourceHints } from '../source.ts';
import type { ColumnSetting, ImportSettings } from './settings.ts';

const text = Type.String({ maxLength: 4_000 });
const column = Type.Union([
  text,
  Type.Null(),
  Type.Object(
    {
      target: text,
      values: Type.Optional(Type.Record(text, Type.Union([text, Type.Null()]))),
      createMissing: Type.Optional(Type.Boolean()),
      factor: Type.Optional(Type.Number()),
    },
    { additionalProperties: false },
  ),
]);
const MapFile = Compile(
  Type.Object(
    {
      columns: Type.Optional(Type.Record(text, column)),
      constants: Type.Optional(Type.Record(text, text)),
      mode: Type.Optional(Type.Union([Type.Literal('create'), Type.Literal('update'), Type.Literal('upsert')])),
      key: Type.Optional(Type.Union([text, Type.Array(text)])),
      duplicates: Type.Optional(
        Type.Union([Type.Literal('skip'), Type.Literal('update'), Type.Literal('create'), Type.Literal('review')]),
      ),
      options: Type.Optional(Type.Record(text, Type.Unknown())),
      source: Type.Optional(Type.Record(text, Type.Unknown())),
    },
    { additionalProperties: false },
  ),
);

type Column = string | null | ColumnSetting;

/**
 * A mapping as a file: settings as in `settings.ts`, with columns by the name in the file's header.
 * @throws Problem `import.invalid` when it is no such file, or names a column that is not there
 */
export function readMapFile(json: string): {
  hints: SourceHints;
  settings(headers: readonly string[]): Partial<ImportSettings>;
} {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (error) {
    throw new Problem('import.invalid', {}, [
      { field: 'map', code: 'import.map-not-json', params: { reason: (error as Error).message } },
    ]);
  }
  if (!MapFile.Check(given)) {
    const [first] = MapFile.Errors(given);
    throw new Problem('import.invalid', {}, [
      { field: `map${(first?.instancePath ?? '').replaceAll('/', '.')}`, code: 'field.invalid' },
    ]);
  }
  const { columns, key, source, ...rest } = given as Omit<Partial<ImportSettings>, 'columns' | 'key'> & {
    columns?: Record<string, Column>;
    key?: string | string[];
    source?: SourceHints;
  };
  return {
    hints: source ?? {},
    settings: (headers) => ({
      ...rest,
      ...(key === undefined ? {} : { key: [key].flat() }),
      ...(columns === undefined ? {} : { columns: byNumber(columns, headers) }),
    }),
  };
}

function byNumber(columns: Readonly<Record<string, Column>>, headers: readonly string[]): ImportSettings['columns'] {
  const plain = (name: string) => name.trim().toLowerCase();
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, to]) => {
      const index = headers.findIndex((header) => plain(header) === plain(name));
      if (index === -1)
        throw new Problem('import.invalid', {}, [
          { field: `map.columns.${name}`, code: 'import.column-unknown', params: { column: name } },
        ]);
      return to === null ? [] : [[String(index), typeof to === 'string' ? { target: to } : to]];
    }),
  );
}
