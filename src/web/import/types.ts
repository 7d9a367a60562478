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

export interface ImportShape {
  id: string;
  object: string;
  file?: string;
  state: ImportState;
  createdAt?: string;
  columns: ImportColumn[];
  targets: (ImportTarget | string)[];
  mapping?: Record<string, string | null>;
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
