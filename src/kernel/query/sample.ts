import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { raw, sql } from '../database/sql.ts';
import { foldText } from '../fields/clean.ts';
import { columnsOf, type FieldModel, type Model, type ObjectModel, tableOf } from '../object/model.ts';

/**
 * Texts of some records picked at random, which tell how frequent a word is. PostgreSQL's own statistics keep a hundred
 * values of a column: a word that every thirtieth of a million records has looks to it like one that a hundred have, which
 * made a list read 30,000 records (30–130 ms of CPU) where the newest 1,700 held a page of them (2 ms).
 */
interface Sample {
  readonly until: number;
  readonly records: number;
  /** Folded texts of the sampled records by name of the field; '' is the whole search text. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly size: number;
}

/** Of which workspace, under which definitions. */
interface Sampled {
  readonly model: Model;
  readonly schema: string;
}

const SIZE = 1_000;
/** With fewer records either way is fast. */
const WORTHWHILE = 5_000;
const KEPT_MS = 10 * 60_000;
const STEP_MICROSECONDS = 1.4;
/** Of a long text as many characters tell enough. */
const LONGEST = 500;

const samples = new WeakMap<Model, Map<string, Sample>>();

/**
 * Sees to it that there is a sample of the object; an old one is renewed while it is still used.
 *
 * @param records how many there are, as the reader of the stream counted them
 */
export async function takeSample(
  { database, model, schema }: Sampled & { database: Database },
  object: ObjectModel,
  records: number,
): Promise<void> {
  if (records < WORTHWHILE || object.searched.length === 0) return;
  const known = samples.get(model) ?? new Map<string, Sample>();
  samples.set(model, known);
  const key = `${schema} ${object.name}`;
  const sample = known.get(key);
  if (sample && sample.until > Date.now()) return;
  // While one reads, the others go on with what there is. Without a sample each word is taken for a rare one.
  known.set(key, { ...(sample ?? { records, texts: new Map(), size: 1 }), until: Date.now() + KEPT_MS });
  const renewal = readSample(database, schema, object, records).then(
    (renewed) => void known.set(key, renewed),
    () => {},
  );
  if (!sample) await renewal;
}

/**
 * Whether records with the words are sooner met by walking along a list or through a table than found by the index. With
 * some share of the records, `wanted / share` steps of 1.4 µs are to be taken, or `share × records` hits to be handled.
 *
 * @param field of which the words are; null for words anywhere in the record
 * @param hitMicroseconds 4 when all hits are read to be sorted, 0.1 when reading stops with those that are wanted
 */
export function isFrequent(
  { model, schema }: Sampled,
  object: ObjectModel,
  field: FieldModel | null,
  words: readonly string[],
  wanted: number,
  hitMicroseconds: number,
): boolean {
  const sample = samples.get(model)?.get(`${schema} ${object.name}`);
  const texts = sample?.texts.get(field?.name ?? '');
  if (!sample || !texts) return false;
  const share = texts.filter((text) => words.every((word) => text.includes(word))).length / sample.size;
  return share ** 2 > (STEP_MICROSECONDS * wanted) / (hitMicroseconds * sample.records);
}

/** So many records that it matters how they are looked for. */
export function isBig({ model, schema }: Sampled, object: ObjectModel): boolean {
  return samples.get(model)?.has(`${schema} ${object.name}`) ?? false;
}

async function readSample(
  connection: Connection,
  schema: string,
  object: ObjectModel,
  records: number,
): Promise<Sample> {
  const fields = [...object.fields.values()].filter(isText);
  const columns = fields.map((field) => {
    const [first, all] = columnsOf(field, 'r', schema);
    return (field.definition as { many?: boolean }).many ? `array_to_string(${all}, ' ')` : first!;
  });
  const percent = Math.min(100, (SIZE / records) * 100);
  const rows = await connection.run(sql`
    select ${raw(['r."search_text"', ...columns].map((column) => `left(${column}, ${LONGEST})`).join(', '))}
    from ${raw(tableOf(schema, object))} r tablesample system (${percent}::float4) where r."deleted_at" is null limit ${raw(String(SIZE * 3))}`);
  const texts = new Map(
    ['', ...fields.map(({ name }) => name)].map((name, at) => [
      name,
      rows.map((row) => foldText((row[at] as string | null) ?? '')),
    ]),
  );
  return { until: Date.now() + KEPT_MS, records, texts, size: Math.max(rows.length, 1) };
}

function isText(field: FieldModel): boolean {
  if (field.columns.length === 0 || field.derived?.kind === 'virtual') return false;
  return field.columns[0]!.type === 'text' && (Boolean(field.definition.search) || field.derived?.kind === 'generated');
}
