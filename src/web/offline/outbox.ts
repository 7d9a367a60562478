/** What a person wrote while the server could not be reached. It is sent in the order in which it was written. */
export interface OutboxEntry {
  /** Also the idempotency key of a create: however often it is sent, one record comes of it. */
  id: string;
  at: string;
  userId: string;
  object: string;
  /** null: a new record. */
  recordId: string | null;
  title: string;
  values: Readonly<Record<string, unknown>>;
  /** The changed fields as their writer saw them. */
  before: Readonly<Record<string, unknown>>;
  version: number;
  /** Why the server did not take it: it waits for a decision. */
  problem?: { message: string; current?: Readonly<Record<string, unknown>> };
}

export type Outbox = readonly OutboxEntry[];

/** Several people may sign in on one device: what somebody wrote there is theirs alone, to see, to send and to drop. */
export function outboxOf(outbox: Outbox, userId: string | undefined): Outbox {
  return outbox.filter((entry) => entry.userId === userId);
}

/** One more. A second change of the same record by the same person is added to the first, which was not sent yet. */
export function withEntry(outbox: Outbox, entry: OutboxEntry): OutboxEntry[] {
  const at = outbox.findIndex(
    (one) =>
      entry.recordId !== null &&
      one.recordId === entry.recordId &&
      one.userId === entry.userId &&
      !one.problem &&
      one.object === entry.object,
  );
  if (at === -1) return [...outbox, entry];
  const first = outbox[at]!;
  const merged = {
    ...first,
    values: { ...first.values, ...entry.values },
    before: { ...entry.before, ...first.before },
  };
  return outbox.map((one, index) => (index === at ? merged : one));
}

/** Whether a new record, with an id that was chosen here, is not on the server yet. */
export function isUnsent(outbox: Outbox, object: string, id: string): boolean {
  return outbox.some((entry) => entry.object === object && entry.recordId === null && entry.values.id === id);
}

/** Changes as they are sent: of the version that their writer saw. Of one that was made here there was none, and nobody else knew of it. */
export function asSeen(changes: Readonly<Record<string, unknown>>, version: number): Record<string, unknown> {
  return version === 0 ? { ...changes } : { ...changes, version };
}

/** Without an entry; and without what was changed of a record that will not come to be. */
export function withoutEntry(outbox: Outbox, dropped: OutboxEntry): OutboxEntry[] {
  const madeHere = dropped.recordId === null ? dropped.values.id : undefined;
  return outbox.filter(
    ({ id, object, recordId }) =>
      id !== dropped.id && !(madeHere !== undefined && object === dropped.object && recordId === madeHere),
  );
}

/** Without what was sent. What was added to it while it was on its way stays, on top of what the server has now. */
export function withoutSent(outbox: Outbox, sent: OutboxEntry): OutboxEntry[] {
  return outbox.flatMap((entry) => {
    if (entry.id !== sent.id) return [entry];
    const added = Object.entries(entry.values).filter(([field, value]) => !isSame(value, sent.values[field]));
    if (added.length === 0 || entry.recordId === null) return [];
    const before = Object.fromEntries(added.map(([field]) => [field, { ...entry.before, ...sent.values }[field]]));
    return [{ ...entry, values: Object.fromEntries(added), before }];
  });
}

/** With the uploaded file where a kept one stood; without it when the browser has lost it. */
export function withFile(outbox: Outbox, kept: string, uploaded: { id: string } | null): OutboxEntry[] {
  const replaced = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.flatMap((one) => ((one as { id?: unknown } | null)?.id === kept ? (uploaded ? [uploaded] : []) : [one]))
      : value;
  return outbox.map((entry) => ({
    ...entry,
    values: Object.fromEntries(Object.entries(entry.values).map(([field, value]) => [field, replaced(value)])),
  }));
}

/**
 * Whether what was written still fits a record that was changed meanwhile: each field is as its writer saw it, or as they
 * want it. Otherwise somebody has to decide.
 */
export function stillFits(entry: Pick<OutboxEntry, 'values' | 'before'>, current: Readonly<Record<string, unknown>>) {
  return Object.entries(entry.values).every(([field, mine]) =>
    [entry.before[field], mine].some((value) => isSame(value, current[field])),
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}
