export type ImportState =
  | 'mapping'
  | 'ready'
  | 'checking'
  | 'checked'
  | 'queued'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'undone';

export interface ImportColumn {
  index: number;
  header: string;
  samples: string[];
  target: string | null;
  confidence: number | null;
  reason: string | null;
}

export interface ImportTarget {
  name: string;
  label: string;
  type?: string;
  required?: boolean;
}

export interface ImportCounts {
  total?: number;
  done?: number;
  created?: number;
  updated?: number;
  skipped?: number;
  failed?: number;
  duplicates?: number;
}

/** Where a column goes; more than its name when somebody said what its texts mean. */
export interface ColumnSetting {
  target: string;
  /** Text of a cell → what is meant; null: nothing. */
  values?: Record<string, string | null>;
  createMissing?: boolean;
  factor?: number;
}

export type Mapping = Record<string, string | null | ColumnSetting>;

export interface ImportOptions {
  clearEmpty?: boolean;
  leaveOutBadCells?: boolean;
  decimal?: '.' | ',';
  dateOrder?: 'ymd' | 'dmy' | 'mdy';
}

export interface ImportShape {
  id: string;
  object: string;
  file?: string;
  state: ImportState;
  createdAt?: string;
  columns: ImportColumn[];
  targets: (ImportTarget | string)[];
  mapping?: Mapping;
  /** Target → text for every row. */
  constants?: Record<string, string>;
  options?: ImportOptions;
  mode?: 'create' | 'update' | 'upsert';
  key?: string | null;
  duplicates?: 'skip' | 'update' | 'create' | 'review';
  counts?: ImportCounts;
  dryRun?: ImportCounts | null;
  changeSet?: string | null;
  message?: string | null;
}

export interface PreviewRow {
  row: number;
  cells?: string[];
  values?: Record<string, unknown>;
  errors: { column?: number; field?: string; message: string }[];
}

export interface ImportPreview {
  rows: PreviewRow[];
  total?: number;
  errors?: number;
}

export interface ImportErrors {
  rows: PreviewRow[];
  /** Row after which the next page begins. */
  next: number | null;
}

export function targetOf(setting: Mapping[string] | undefined): string | null {
  return typeof setting === 'object' ? (setting?.target ?? null) : (setting ?? null);
}

export function settingOf(setting: Mapping[string] | undefined): ColumnSetting | null {
  return typeof setting === 'string' ? { target: setting } : (setting ?? null);
}
