import type { Connection } from '../database/connection.ts';
import { identifier } from '../database/sql.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { OneChange } from '../object/change-overlay.ts';
import { compareOverlays, type Refusal } from '../object/compare-overlays.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import type { ConfiguredRecords } from '../object/module.ts';
import { emptyOverlay, type FieldChange, inOrder, type ObjectChange, type Overlay } from '../object/overlay.ts';
import { type FieldError, Problem } from '../problems/problem.ts';
import { isWrittenRecord, type WrittenRecords } from './configured-records.ts';
import type { DatedRate } from './settings.ts';
import { readOverlay, type Workspace } from './workspace.ts';

/** What an administrator made of a workspace. */
export interface Configuration {
  readonly overlay: Overlay;
  /** What the modules say is set up rather than worked with; an object that is left out stays as it is. */
  readonly records?: WrittenRecords;
  /** Rates of exchange; they stay as they are when left out. */
  readonly rates?: Rates;
}

export interface Rates {
  /** Whose units they are. */
  readonly base: string;
  readonly items: readonly DatedRate[];
}

/**
 * The same as files for a repository: `configuration.json` says what it is, every object that was added or changed has a
 * file of its own, `objects/<name>.json`, and `records.json` and `rates.json` hold what is beside the definitions. What
 * people work with, people themselves and secrets are no part.
 */
export type ConfigurationFiles = Readonly<Record<string, string>>;

const FORMAT = 'tendero-configuration';
const VERSION = 1;
const HEADER = 'configuration.json';
const RECORDS = 'records.json';
const RATES = 'rates.json';
/** The files beside the folder `objects`. */
export const CONFIGURATION_FILES = [HEADER, RECORDS, RATES] as const;

/** `objects/visit.json` of an object that was added, or of a shipped one what was added and changed. */
type ObjectFile =
  | { readonly added: ObjectDefinition }
  | {
      readonly changed: ObjectChange & { readonly fields?: Readonly<Record<string, FieldChange>> };
      readonly fields: Readonly<Record<string, FieldDefinition>>;
    };

/** What is removed stays out: files show what is in force. The same configuration gives the same bytes. */
export function writeConfiguration({ overlay, records, rates }: Configuration): ConfigurationFiles {
  const isShown = (name: string) => !overlay.hidden.includes(name);
  const shown = (object: string, fields: Readonly<Record<string, FieldDefinition>>) =>
    Object.fromEntries(
      Object.entries(inOrder(fields, overlay.order?.[object])).filter(([field]) => isShown(`${object}.${field}`)),
    );
  const files: Record<string, string> = { [HEADER]: text({ format: FORMAT, version: VERSION }) };
  for (const [name, definition] of Object.entries(overlay.objects))
    if (isShown(name))
      files[`objects/${name}.json`] = text({ added: { ...definition, fields: shown(name, definition.fields) } });
  for (const name of new Set([...Object.keys(overlay.changes), ...Object.keys(overlay.fields)])) {
    const fields = shown(name, overlay.fields[name] ?? {});
    const changed = overlay.changes[name] ?? {};
    if (Object.keys(fields).length + Object.keys(changed).length > 0)
      files[`objects/${name}.json`] = text({ changed, fields });
  }
  if (records) files[RECORDS] = text(records);
  if (rates) files[RATES] = text({ base: rates.base, rates: byCurrency(rates.items) });
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * @param configured whose records can be part of it
 * @throws Problem `configuration.invalid` for what is none, or comes from a newer program
 */
export function readConfiguration(files: ConfigurationFiles, configured: readonly ConfiguredRecords[]): Configuration {
  const errors: FieldError[] = [];
  const header = parse(files[HEADER], HEADER, errors) as { format?: unknown; version?: unknown } | null;
  if (header?.format !== FORMAT) throw invalid([{ field: HEADER, code: 'configuration.unreadable' }]);
  if (header.version !== VERSION) throw invalid([{ field: HEADER, code: 'configuration.unknown-version' }]);
  const overlay = structuredClone(emptyOverlay) as {
    objects: Record<string, ObjectDefinition>;
    fields: Record<string, Readonly<Record<string, FieldDefinition>>>;
    changes: Record<string, ObjectChange>;
    hidden: string[];
  };
  for (const [path, content] of Object.entries(files)) {
    const name = /^objects\/([a-z][a-zA-Z0-9]*)\.json$/.exec(path)?.[1];
    if (!name) continue;
    const file = parse(content, path, errors) as ObjectFile | null;
    if (file && 'added' in file && isObject(file.added) && areObjects(file.added.fields) && file.added.name === name)
      overlay.objects[name] = file.added;
    else if (file && 'changed' in file && isObject(file.changed) && areObjects(file.fields)) {
      overlay.changes[name] = file.changed;
      overlay.fields[name] = file.fields;
    } else if (file) errors.push({ field: path, code: 'configuration.unreadable' });
  }
  const records = files[RECORDS] === undefined ? undefined : readRecords(files[RECORDS], configured, errors);
  const rates = files[RATES] === undefined ? undefined : readRates(files[RATES], errors);
  if (errors.length > 0) throw invalid(errors);
  return { overlay, ...(records ? { records } : {}), ...(rates ? { rates } : {}) };
}

export interface DefinitionsDifference {
  /** Of the definitions it was made from; what is applied later has to come from the same. */
  readonly version: number;
  /** In the order in which they are applied. */
  readonly changes: readonly OneChange[];
  /** What stands in the way; while there is any, nothing can be applied. */
  readonly refused: readonly Refusal[];
}

/** What would change in the definitions if a workspace were as the other configuration says. */
export async function compareDefinitions(
  connection: Connection,
  workspace: Pick<Workspace, 'schema' | 'version'>,
  shipped: readonly ObjectDefinition[],
  wanted: Overlay,
): Promise<DefinitionsDifference> {
  const known = new Set([...shipped.map(({ name }) => name), ...Object.keys(wanted.objects)]);
  const unknown = Object.keys({ ...wanted.changes, ...wanted.fields }).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw invalid(
      unknown.map((name) => ({
        field: `objects/${name}.json`,
        code: 'field.target-unknown',
        params: { target: name },
      })),
    );
  const own = await readOverlay(connection, workspace.schema);
  return { version: workspace.version, ...compareOverlays(shipped, own, wanted) };
}

/** The definitions as they were; the first version is the shipped one. @throws Problem `configuration.changed` */
export async function overlayOf(connection: Connection, schema: string, version: number): Promise<Overlay> {
  if (version <= 1) return emptyOverlay;
  const [row] = await connection.run(
    `select "document" from ${identifier(schema)}."overlay" where "version" <= $1 order by "version" desc limit 1`,
    [version],
  );
  return (row?.[0] as Overlay | undefined) ?? emptyOverlay;
}

function readRecords(
  content: string,
  configured: readonly ConfiguredRecords[],
  errors: FieldError[],
): WrittenRecords | undefined {
  const file = parse(content, RECORDS, errors);
  if (!isObject(file)) return undefined;
  for (const [object, records] of Object.entries(file)) {
    const known = configured.find((one) => one.object === object);
    if (!known) errors.push({ field: RECORDS, code: 'field.target-unknown', params: { target: object } });
    else if (!Array.isArray(records) || !records.every((record) => isWrittenRecord(record, known.key)))
      errors.push({ field: `${RECORDS} ${object}`, code: 'configuration.unreadable' });
  }
  return file as WrittenRecords;
}

function readRates(content: string, errors: FieldError[]): Rates | undefined {
  const file = parse(content, RATES, errors) as { base?: unknown; rates?: unknown } | null;
  if (!file) return undefined;
  const { base, rates } = file;
  if (typeof base === 'string' && areObjects(rates)) {
    const items = Object.entries(rates).flatMap(([currency, days]) =>
      Object.entries(days).map(([on, rate]) => ({ currency, on, rate: rate as number })),
    );
    if (items.every(({ rate }) => typeof rate === 'number')) return { base, items };
  }
  errors.push({ field: RATES, code: 'configuration.unreadable' });
  return undefined;
}

function byCurrency(rates: readonly DatedRate[]): Record<string, Record<string, number>> {
  const sorted = rates.toSorted((a, b) => (a.currency + a.on < b.currency + b.on ? -1 : 1));
  return Object.fromEntries(
    [...Map.groupBy(sorted, ({ currency }) => currency)].map(([currency, own]) => [
      currency,
      Object.fromEntries(own.map(({ on, rate }) => [on, rate])),
    ]),
  );
}

function parse(content: string | undefined, path: string, errors: FieldError[]): unknown {
  try {
    const value: unknown = JSON.parse(content ?? '');
    if (isObject(value)) return value;
  } catch {}
  errors.push({ field: path, code: 'configuration.unreadable' });
  return null;
}

function areObjects(value: unknown): value is Record<string, Record<string, unknown>> {
  return isObject(value) && Object.values(value).every(isObject);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function invalid(errors: readonly FieldError[]): Problem {
  return new Problem('configuration.invalid', {}, errors);
}
