import type { Principal } from '../../access/access.ts';
import type { Model, ObjectModel } from '../../object/model.ts';
import { type FieldError, Problem } from '../../problems/problem.ts';
import { isLabelled, parseTarget } from './targets.ts';

/** How a file becomes records; what the wizard and a map file say. */
export interface ImportSettings {
  /** By column number, from 0; a column that is not here is left out. */
  columns: Readonly<Record<string, ColumnSetting>>;
  /** Target → text for every row; `{{Column}}` stands for a cell of it, `{{Column | slug}}` for one as it may stand in an address. */
  constants: Readonly<Record<string, string>>;
  mode: 'create' | 'update' | 'upsert';
  /** Fields that tell whether a row's record is there already; the first one that a row has a value for decides. */
  key: readonly string[];
  /** What happens to a row whose record is there already when rows create records. */
  duplicates: 'skip' | 'update' | 'create' | 'review';
  options: ImportOptions;
}

export interface ColumnSetting {
  /** See `targets.ts`. */
  target: string;
  /** Cell → what is meant by it (null: nothing); cells that are not here stay as they are. */
  values?: Readonly<Record<string, string | null>>;
  /** A record of that name is created where a reference finds none. */
  createMissing?: boolean;
  /** Numbers are multiplied by it: 1000 where a column counts in thousands. */
  factor?: number;
}

export interface ImportOptions {
  /** An empty cell empties the field of a record that is updated. */
  clearEmpty?: boolean;
  /** A row with a bad cell is imported without that cell; the error file names it all the same. */
  leaveOutBadCells?: boolean;
  /** References of all columns create what they do not find. */
  createMissing?: boolean;
  /** Cells that stand for nothing beside the usual ones: `?`, `Select`. */
  nullMarks?: readonly string[];
  decimal?: '.' | ',';
  dateOrder?: 'ymd' | 'dmy' | 'mdy';
}

export const noSettings: ImportSettings = {
  columns: {},
  constants: {},
  mode: 'create',
  key: [],
  duplicates: 'skip',
  options: {},
};

/** @throws Problem `import.invalid` with one error per thing that is wrong */
export function checkSettings(settings: ImportSettings, model: Model, object: ObjectModel, principal: Principal): void {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  const check = (at: string, text: string) => {
    const target = parseTarget(model, object, principal, text);
    if (!target) {
      errors.push({ field: at, code: 'import.target-unknown', params: { target: text } });
      return;
    }
    const field = object.fields.get(target.field);
    // Several columns may add to one list; any other place takes one.
    const isOpen =
      target.entry?.index === 0 ||
      field?.type.name === 'tags' ||
      field?.type.name === 'multiSelect' ||
      (field && field.link !== null) ||
      field?.type.name === 'longText';
    const place = `${target.field}.${target.part ?? ''}.${target.entry ? `${target.entry.index}.${target.entry.role}` : ''}`;
    if (!isOpen && taken.has(place)) errors.push({ field: at, code: 'import.target-twice', params: { target: text } });
    taken.add(place);
  };
  for (const [column, setting] of Object.entries(settings.columns)) check(`mapping.${column}`, setting.target);
  for (const target of Object.keys(settings.constants)) check(`constants.${target}`, target);
  if (taken.size === 0) errors.push({ field: 'mapping', code: 'import.nothing-mapped' });
  if (settings.mode !== 'create' && settings.key.length === 0) errors.push({ field: 'key', code: 'field.required' });
  for (const name of settings.key) {
    const field = object.fields.get(name);
    const isKey = field && (name === 'id' || isLabelled(field) || Boolean(field.type.operators.in));
    if (!isKey) errors.push({ field: 'key', code: 'import.key-impossible', params: { field: name } });
    else if (![...taken].some((place) => place.startsWith(`${name}.`)))
      errors.push({ field: 'key', code: 'import.key-not-mapped', params: { field: name } });
  }
  if (errors.length > 0) throw new Problem('import.invalid', {}, errors);
}

/**
 * Fields that are compared without being asked when rows create records: those that are unique anyway, and the key that
 * another system gave.
 */
export function keysOfSettings(settings: ImportSettings, object: ObjectModel, mapped: ReadonlySet<string>): string[] {
  if (settings.key.length > 0) return [...settings.key];
  const own = [...object.fields.values()].filter(
    (field) =>
      mapped.has(field.name) && (field.definition.unique || field.name === 'externalId' || field.name === 'id'),
  );
  return own.map((field) => field.name);
}
