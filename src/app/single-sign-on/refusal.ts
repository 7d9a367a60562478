/**
 * Somebody does not come in. Whoever tried is told one thing, whatever it was; `reason` is for the log, and holds no
 * secret and nothing about a person.
 */
export class SignInRefusal extends Error {
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(`Sign-in refused: ${reason}`, { cause });
    this.name = 'SignInRefusal';
    this.reason = reason;
  }
}
