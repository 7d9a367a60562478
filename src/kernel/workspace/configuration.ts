import type { Connection } from '../database/pool.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { OneChange } from '../object/change-overlay.ts';
import { compareOverlays, type Refusal } from '../object/compare-overlays.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { emptyOverlay, type FieldChange, inOrder, type ObjectChange, type Overlay } from '../object/overlay.ts';
import { type FieldError, Problem } from '../problems/problem.ts';
import { identifier } from '../query/sql.ts';
import { readOverlay, type Workspace } from './workspace.ts';

/**
 * What an administrator made of a workspace, as files for a repository: `configuration.json` says what it is, and every
 * object that was added or changed has a file of its own, `objects/<name>.json`. Records, people and secrets are no part.
 */
export type ConfigurationFiles = Readonly<Record<string, string>>;

const FORMAT = 'tendero-configuration';
const VERSION = 1;
const HEADER = 'configuration.json';

/** `objects/visit.json` of an object that was added, or of a shipped one what was added and changed. */
type ObjectFile =
  | { readonly added: ObjectDefinition }
  | {
      readonly changed: ObjectChange & { readonly fields?: Readonly<Record<string, FieldChange>> };
      readonly fields: Readonly<Record<string, FieldDefinition>>;
    };

/** What is removed stays out: files show what is in force. The same configuration gives the same bytes. */
export function writeConfiguration(overlay: Overlay): ConfigurationFiles {
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
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws Problem `configuration.invalid` for what is none, or comes from a newer program */
export function readConfiguration(files: ConfigurationFiles): Overlay {
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
  if (errors.length > 0) throw invalid(errors);
  return overlay;
}

export interface Difference {
  /** Of the definitions it was made from; what is applied later has to come from the same. */
  readonly version: number;
  /** In the order in which they are applied. */
  readonly changes: readonly OneChange[];
  /** What stands in the way; while there is any, nothing can be applied. */
  readonly refused: readonly Refusal[];
}

/** What would change if a workspace were as the other configuration says. */
export async function compareConfiguration(
  connection: Connection,
  workspace: Pick<Workspace, 'schema' | 'version'>,
  shipped: readonly ObjectDefinition[],
  wanted: Overlay,
): Promise<Difference> {
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
