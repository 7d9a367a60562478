import { Context, Liquid, type Template, toValueSync, type Variable } from 'liquidjs';
import { addFilters } from './filters.ts';
import { gapOf, withoutGaps } from './gaps.ts';
import { type Reader, type TemplateScope, TemplateValue } from './values.ts';

/** What is wrong with a text, and where: lines and columns from 1, as its writer sees them. */
export class TemplateProblem extends Error {
  readonly code:
    | 'unclosed'
    | 'unknown-tag'
    | 'unknown-filter'
    | 'unknown-variable'
    | 'syntax'
    | 'too-long'
    | 'too-much';
  readonly line: number;
  readonly column: number;
  /** The word that is not understood, where there is one. */
  readonly word: string;

  constructor(code: TemplateProblem['code'], [line, column]: readonly [number, number], word = '') {
    super(`${code} at ${line}:${column} ${word}`.trim());
    this.name = 'TemplateProblem';
    this.code = code;
    this.line = line;
    this.column = column;
    this.word = word;
  }
}

export interface ParsedTemplate {
  readonly templates: readonly Template[];
  /** Paths of what it asks for: `contact.firstName`. */
  readonly paths: readonly string[];
}

/** Letters of a text, and of what may become of it: what a field of formatted text holds. */
const MOST_LETTERS = 100_000;
/** Parts that are written, and turns of loops. A long letter takes some hundred; a text that loops without end ends here, on any machine. */
const MOST_STEPS = 20_000;
/** Elements of ranges, and letters that filters make. */
const MOST_MEMORY = 200_000;

const kept: ReadonlySet<string> = new Set([
  ...['if', 'elsif', 'else', 'unless', 'case', 'when', 'for', 'break', 'continue', 'assign', 'comment', 'raw', '#'],
]);
const loopWords: ReadonlySet<string> = new Set(['index', 'index0', 'rindex', 'rindex0', 'first', 'last', 'length']);
const NOWHERE = { readFileSync: nothing, readFile: nothing, existsSync: () => false, exists: async () => false };

const engine = makeEngine();

/**
 * Reads a text with variables. It can ask for nothing but paths that are known: no file, no other text, no property of JavaScript.
 * @param knows whether a path is one that such a text may ask for; undefined takes all
 * @param roots first parts of paths: no name of the text's own
 * @throws TemplateProblem
 */
export function parseTemplate(
  source: string,
  { roots, knows }: { roots: ReadonlySet<string>; knows?: ((path: string) => boolean) | undefined },
): ParsedTemplate {
  if (source.length > MOST_LETTERS) throw new TemplateProblem('too-long', [1, 1]);
  let templates: Template[];
  let found: { variables: Record<string, Variable[]>; globals: Record<string, Variable[]> };
  try {
    templates = engine.parse(source);
    found = engine.analyzeSync(templates, { partials: false });
  } catch (error) {
    throw problemOf(error);
  }
  const open = new Set(Object.values(found.globals).flat());
  const paths = new Set<string>();
  for (const variable of Object.values(found.variables).flat()) {
    const { segments, location } = variable;
    const path = segments.join('.');
    const [root] = segments;
    const isPlain = segments.every((one) => typeof one === 'string');
    const isKnown = isPlain && roots.has(String(root)) && (knows?.(path) ?? true);
    // Of what it named itself a text asks for the whole only: there is no property that leads further.
    const isOwn = !roots.has(String(root)) && !open.has(variable) && isPlain;
    const isTurn = root === 'forloop' && segments.length === 2 && loopWords.has(String(segments[1]));
    if (isKnown) paths.add(path);
    else if (!(isOwn && (segments.length === 1 || isTurn)))
      throw new TemplateProblem('unknown-variable', [location.row, location.col], variable.toString().slice(0, 100));
  }
  return { templates, paths: [...paths] };
}

/**
 * What becomes of a text. A value that nobody knows is a gap, unless the text says what stands there then.
 * @param encode each value, before it stands among what the text says itself
 * @throws TemplateProblem `too-much`, `too-long`
 */
export function renderTemplate(
  { templates }: ParsedTemplate,
  scope: TemplateScope,
  reader: Reader,
  encode: (text: string) => string,
): string {
  let steps = 0;
  const renderLimit = {
    use: () => {},
    check: () => {
      if (++steps > MOST_STEPS) throw new TooMuch();
    },
  };
  const context = new Context(scope, engine.options, { sync: true }, { renderLimit, liquid: engine } as never);
  context.setRegister('reader', reader);
  context.setRegister('encode', encode);
  const emitter = {
    buffer: '',
    write(part: unknown) {
      const text = String(part ?? '');
      if (this.buffer.length + text.length > MOST_LETTERS) throw new TooLong();
      this.buffer += text;
    },
  };
  try {
    toValueSync(engine.renderer.renderTemplates([...templates], context, emitter));
  } catch (error) {
    throw problemOf(error);
  }
  return emitter.buffer;
}

class TooMuch extends Error {}
class TooLong extends Error {}

function makeEngine(): Liquid {
  const made = new Liquid({
    ...{ ownPropertyOnly: true, strictFilters: true, cache: false, dynamicPartials: false, relativeReference: false },
    ...{ parseLimit: MOST_LETTERS, memoryLimit: MOST_MEMORY, templates: {}, fs: NOWHERE as never },
    outputEscape: written as never,
  });
  for (const name of Object.keys(made.tags)) if (!kept.has(name)) delete made.tags[name];
  for (const name of Object.keys(made.filters)) made.unregisterFilter(name);
  addFilters(made);
  return made;
}

/** The last of what happens to a value that is written. */
function written(this: { context: Context }, value: unknown): string {
  const encode = this.context.getRegister<(text: string) => string>('encode');
  const text = value instanceof TemplateValue ? value.$text : plain(value);
  if (text === null || text.trim() === '') return encode(gapOf(value instanceof TemplateValue ? value.$label : '…'));
  return encode(withoutGaps(text));
}

function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((one) => plain(one) ?? '').join(', ');
  return typeof value === 'object' || typeof value === 'function' ? null : String(value);
}

function problemOf(error: unknown): TemplateProblem {
  const { message, token, originalError } = error as Error & {
    token?: { getPosition(): [number, number] };
    originalError?: unknown;
  };
  const at = token?.getPosition() ?? [1, 1];
  const cause = originalError ?? error;
  if (cause instanceof TooLong) return new TemplateProblem('too-long', at);
  if (cause instanceof TooMuch || /limit exceeded/.test(message)) return new TemplateProblem('too-much', at);
  const filter = /undefined filter: ([^\s,]*)/.exec(message)?.[1];
  if (filter !== undefined) return new TemplateProblem('unknown-filter', at, filter.slice(0, 100));
  const tag = /tag "([^"]*)" not found/.exec(message)?.[1];
  if (tag !== undefined) return new TemplateProblem('unknown-tag', at, tag.slice(0, 100));
  return new TemplateProblem(/not closed/.test(message) ? 'unclosed' : 'syntax', at);
}

function nothing(): never {
  throw new Error('nothing is read');
}
