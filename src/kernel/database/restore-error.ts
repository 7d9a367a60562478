/** The backup cannot be restored, or not here. `message` is one line; the database is as it was. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}
