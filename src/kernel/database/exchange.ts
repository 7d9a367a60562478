/// <reference path="./pg-utils.d.ts" />
import type pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import { typeParsers } from './parsers.ts';

/** A statement with its parameters; under a name it stays prepared on the connection. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

export interface Answer {
  readonly rows: unknown[][];
  /** Rows that were inserted, updated, deleted or read. */
  readonly rowCount: number;
}

/** Commands without parameters that travel with a statement, such as `begin`. */
export interface Commands {
  readonly texts: readonly string[];
  readonly bytes: Buffer;
}

export const NO_COMMANDS = commands();

/** Parse, bind and execute of commands, written once. */
export function commands(...texts: string[]): Commands {
  const message = (type: string, body: string) => {
    const head = Buffer.alloc(5, type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, Buffer.from(body)]);
  };
  const bytes = texts.flatMap((text) => [
    message('P', `\0${text}\0\0\0`),
    message('B', '\0'.repeat(8)),
    message('E', '\0'.repeat(5)),
  ]);
  return { texts, bytes: Buffer.concat(bytes) };
}

/** Statements a connection keeps prepared: 28–44 kB each on the server, so a few hundred. */
const PREPARED_PER_CONNECTION = 300;

/** A statement that goes out together with the next one, and whoever waits for its answer. */
export interface Deferred {
  readonly statement: Statement;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * Sends a statement, and what goes before and after it, in one message, of which the server does nothing behind a failure.
 *
 * The driver's own query asks for the names and types of the columns every time and builds an object of them; here they are
 * kept with the prepared statement, which cannot change them. That takes a record of 33 columns from 0.11 to 0.04 ms of this
 * process and from 0.065 to 0.045 ms of the server.
 *
 * @throws what the server answered, with the stack of whoever asked
 */
export function exchange(
  client: pg.ClientBase,
  statement: Statement,
  before = NO_COMMANDS,
  after = NO_COMMANDS,
  earlier: Deferred | null = null,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const own = { statement, resolve, reject };
    const parts = earlier ? [earlier, own] : [own];
    client.query(new Exchange(parts, before, after) as unknown as pg.Submittable);
  }).catch((error: Error) => {
    Error.captureStackTrace(error);
    throw error;
  });
}

type Parser = (text: string) => unknown;

/** The driver's connection as far as it is used here; its types do not show it. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string }): void;
  bind(message: { portal: string; statement: string; values: readonly unknown[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
  sendCopyFail(reason: string): void;
  _send(bytes: Buffer): void;
}

/** How the columns of prepared statements are read, by name, on each connection; the one used longest ago first. */
const prepared = new WeakMap<Wire, Map<string, readonly Parser[]>>();

function preparedOn(wire: Wire): Map<string, readonly Parser[]> {
  const known = prepared.get(wire) ?? new Map<string, readonly Parser[]>();
  prepared.set(wire, known);
  return known;
}

/** What the driver calls while it goes through the server's answer: the interface that its cursors and streams use, too. */
class Exchange {
  readonly parts: readonly Deferred[];
  readonly before: Commands;
  readonly after: Commands;
  readonly #answers: PartialAnswer[];
  #completed = 0;
  #unreadable: Error | undefined;

  constructor(parts: readonly Deferred[], before: Commands, after: Commands) {
    this.parts = parts;
    this.before = before;
    this.after = after;
    this.#answers = parts.map(({ statement: { name = '' } }, index) => ({
      // The same statement twice in one message: the second time it is not prepared yet as far as this side knows.
      name: index > 0 && name === parts[0]!.statement.name ? '' : name,
      parsers: undefined,
      isFresh: false,
      rows: [],
      rowCount: 0,
    }));
  }

  /** @returns why it could not be sent */
  submit(wire: Wire): Error | null {
    let values: unknown[][];
    try {
      values = this.parts.map(({ statement }) => statement.values.map((value) => prepareValue(value)));
    } catch (error) {
      return error as Error;
    }
    wire.stream.cork();
    try {
      if (this.before.texts.length > 0) wire._send(this.before.bytes);
      for (let index = 0; index < this.parts.length; index++) {
        const answer = this.#answers[index]!;
        makeReady(wire, answer, this.parts[index]!.statement.text);
        wire.bind({ portal: '', statement: answer.name, values: values[index]! });
        if (answer.isFresh) wire.describe({ type: 'P', name: '' });
        wire.execute({ portal: '', rows: 0 });
      }
      if (this.after.texts.length > 0) wire._send(this.after.bytes);
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  /** The answer that the server is at. */
  get #current(): PartialAnswer | undefined {
    return this.#answers[this.#completed - this.before.texts.length];
  }

  handleRowDescription({ fields }: { fields: readonly { dataTypeID: number }[] }): void {
    this.#current!.parsers = fields.map((field) => typeParsers.getTypeParser(field.dataTypeID, 'text') as Parser);
  }

  handleDataRow({ fields }: { fields: unknown[] }): void {
    try {
      const { parsers, rows } = this.#current!;
      for (let index = 0; index < fields.length; index++) {
        if (fields[index] !== null) fields[index] = parsers![index]!(fields[index] as string);
      }
      rows.push(fields);
    } catch (error) {
      this.#unreadable = error as Error;
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const answer = this.#current;
    if (answer) answer.rowCount = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#completed++;
  }

  handleReadyForQuery(wire: Wire): void {
    this.#answers.forEach(({ name, isFresh, parsers, rows, rowCount }, index) => {
      if (name && isFresh) preparedOn(wire).set(name, parsers ?? []);
      if (this.#unreadable) this.parts[index]!.reject(this.#unreadable);
      else this.parts[index]!.resolve({ rows, rowCount });
    });
  }

  handleError(error: Error & { code?: string }, wire: Wire): void {
    this.#answers.forEach(({ name, isFresh }, index) => {
      // Whether a new one was parsed before the failure is not known; and one whose table has changed cannot be used again.
      // To close what is not there is no mistake.
      if (name && (isFresh || isOutdated(error))) {
        preparedOn(wire).delete(name);
        wire.close({ type: 'S', name });
      }
      this.parts[index]!.reject(error);
    });
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('A copy goes through the driver’s client');
  }
}

interface PartialAnswer {
  /** Under which the statement is prepared; empty when it is not. */
  readonly name: string;
  parsers: readonly Parser[] | undefined;
  isFresh: boolean;
  readonly rows: unknown[][];
  rowCount: number;
}

/** Parses a statement that is not prepared yet. The one used longest ago makes room. */
function makeReady(wire: Wire, answer: PartialAnswer, text: string): void {
  const { name } = answer;
  const known = preparedOn(wire);
  answer.parsers = name ? known.get(name) : undefined;
  answer.isFresh = answer.parsers === undefined;
  if (answer.parsers) {
    known.delete(name);
    known.set(name, answer.parsers);
    return;
  }
  if (name && known.size >= PREPARED_PER_CONNECTION) {
    const [oldest] = known.keys();
    known.delete(oldest!);
    wire.close({ type: 'S', name: oldest! });
  }
  wire.parse({ name, text });
}

/** A prepared statement met a table that was changed since: sent once more it is prepared anew. */
export function isOutdated(error: unknown): boolean {
  const { code, message = '' } = error as { code?: string; message?: string };
  return code === '0A000' && message.includes('cached plan');
}
