/**
 * What the tables of a workspace look like, as plain JSON: what `plan` compares. It names no schema, so one snapshot
 * fits all workspaces with the same definitions.
 */
export interface Snapshot {
  readonly format: 1;
  readonly tables: Readonly<Record<string, Table>>;
}

export interface Table {
  /** The object whose records it holds; absent for link tables and fixed tables. */
  readonly object?: string;
  readonly columns: Readonly<Record<string, Column>>;
  readonly primaryKey: readonly string[];
  /** `range ("at")` */
  readonly partitionBy?: string;
  readonly indexes: Readonly<Record<string, Index>>;
  readonly foreignKeys: Readonly<Record<string, ForeignKey>>;
}

export interface Column {
  readonly type: string;
  readonly notNull?: true;
  readonly default?: string;
  /** Expression of a generated column. */
  readonly generated?: string;
  /** How the program computes the column. When this changes, existing rows are computed anew (see `derivedChanges`). */
  readonly derived?: string;
  /** SQL literal for the rows that exist when the column is added. No difference between snapshots. */
  readonly fill?: string;
}

export interface Index {
  /** SQL of the keys: quoted columns or expressions, with direction and operator class. */
  readonly keys: readonly string[];
  readonly unique?: true;
  readonly method?: 'gin';
  readonly where?: string;
  /** Storage parameters. */
  readonly with?: string;
}

export interface ForeignKey {
  readonly column: string;
  /** Unquoted table; always its `id`. */
  readonly to: string;
  readonly onDelete: 'restrict' | 'set null' | 'cascade';
}
