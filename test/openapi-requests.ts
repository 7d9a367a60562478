/**
 * Requests made of the OpenAPI document: right ones from the schemas, and wrong ones by spoiling right ones. fast-check
 * draws the numbers, so a seed gives the same requests again.
 */
import { fc } from '#test/property.ts';

type Json = Record<string, unknown>;

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; responses: Record<string, Json> };
}

interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Json }>; required?: boolean };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: Json }> }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Json;
  content?: Record<string, { schema: Json }>;
}

export interface ApiRequest {
  method: string;
  /** As the document has it: `/api/records/account/{id}`. */
  path: string;
  url: string;
  headers: Record<string, string>;
  payload?: string;
  /** What was done to it; `nothing` when it keeps to the document. */
  spoilt: string;
}

/** What a schema cannot say: which records exist. */
export interface World {
  ids(object: string): readonly string[];
  cursors: readonly string[];
  changeSets: readonly string[];
}

type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

/** A request for any of the operations. */
export function requests(
  document: ApiDocument,
  world: World,
  leftOut: (path: string, method: string) => boolean,
): fc.Arbitrary<ApiRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      method === 'parameters' || leftOut(path, method)
        ? []
        : [{ path, method, operation, shared: (item.parameters ?? []) as unknown as Parameter[] }],
    ),
  );
  return fc.gen().map((gen) => {
    const draw: Draw = (arbitrary) => gen(() => arbitrary);
    const { path, method, operation, shared } = draw(fc.constantFrom(...operations));
    const parameters = [...shared, ...(operation.parameters ?? [])];
    const make = (schema: Json) => sampleOf(document, world, draw, schema, 0);
    let url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(pathValue(world, draw, path, name)));
    const query: [string, string][] = parameters
      .filter(
        (parameter) =>
          parameter.in === 'query' &&
          (parameter.required || draw(fc.integer({ min: 0, max: parameter.name === 'cursor' ? 19 : 4 })) === 0),
      )
      .map(({ name, schema, content }) => {
        const value = make(schema ?? content!['application/json']!.schema);
        if (name === 'cursor' && world.cursors.length > 0) return [name, draw(fc.constantFrom(...world.cursors))];
        return [name, content ? JSON.stringify(value) : Array.isArray(value) ? value.join(',') : String(value)];
      });
    const schema = operation.requestBody?.content['application/json']?.schema;
    let body = schema && make(schema);
    const request = { method: method.toUpperCase(), path, headers: {} as Record<string, string>, spoilt: 'nothing' };
    let payload: string | undefined;
    let type = 'application/json';

    // Two in five requests keep to the document.
    const fault = draw(fc.integer({ min: 0, max: 19 }));
    if (fault >= 8) {
      request.spoilt = 'body';
      if (fault <= 13 && schema) body = spoil(draw, body);
      else if (fault === 14 && schema) body = draw(hostileValue);
      else if (fault === 15 && schema) {
        request.spoilt = 'malformed';
        payload = `${JSON.stringify(body)}${draw(fc.constantFrom('}', ',', '\u0000', '"', ']'))}`.slice(
          draw(fc.integer({ min: 0, max: 1 })),
        );
      } else if (fault === 16 && schema) {
        request.spoilt = 'content type';
        type = draw(
          fc.constantFrom(
            'text/plain',
            'application/xml',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded',
            'nonsense',
            '',
          ),
        );
      } else if (fault === 17) {
        request.spoilt = 'method';
        request.method = draw(fc.constantFrom('PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS', 'HEAD', 'GET'));
      } else if (fault === 18) {
        request.spoilt = 'path';
        url = draw(
          fc.constantFrom(
            `${url}/`,
            `${url}/x`,
            url.replace(/[^/]*$/, '%00'),
            url.replace(/[^/]*$/, '__proto__'),
            url.replace(/[^/]*$/, '%ff'),
            url.replace('records/', 'records/constructor'),
            `${url}${'x'.repeat(300)}`,
          ),
        );
      } else {
        request.spoilt = 'query';
        const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
        const name = draw(
          known.length > 0
            ? fc.constantFrom(...known, 'nonsense', '__proto__')
            : fc.constantFrom('nonsense', '__proto__'),
        );
        const value = draw(hostileValue);
        const text =
          typeof value === 'string' ? value.slice(0, 4000).toWellFormed() : JSON.stringify(value)!.slice(0, 8000);
        query.push([name, text]);
        if (draw(fc.boolean())) query.push([name, text]);
      }
    }
    if (payload === undefined && body !== undefined)
      payload = JSON.stringify(body).replace(`"${BOTTOMLESS}"`, bottomless);
    if (payload !== undefined && request.method !== 'GET' && request.method !== 'HEAD') {
      if (type) request.headers['content-type'] = type;
    } else payload = undefined;
    const search = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return { ...request, url: search ? `${url}?${search}` : url, payload };
  });
}

/** A value that the schema allows, with records that exist where it points to some. */
function sampleOf(document: ApiDocument, world: World, draw: Draw, schema: Json, depth: number): unknown {
  const make = (inner: Json, deeper = 1) => sampleOf(document, world, draw, inner, depth + deeper);
  if (typeof schema.$ref === 'string') {
    const { $ref, unevaluatedProperties: _, ...more } = schema;
    const named = document.components.schemas[$ref.split('/').at(-1)!]!;
    return make({
      ...named,
      ...more,
      properties: { ...(named.properties as Json), ...(more.properties as Json) },
    });
  }
  const target = schema['x-object'];
  if (typeof target === 'string' && draw(fc.integer({ min: 0, max: 9 })) < 8) {
    const ids = world.ids(target);
    if (ids.length > 0) {
      const id = draw(fc.constantFrom(...ids));
      return isList(schema) ? [id] : id;
    }
  }
  if (Array.isArray(schema.examples) && schema.examples.length > 0 && draw(fc.integer({ min: 0, max: 19 })) < 19) {
    return draw(fc.constantFrom(...(schema.examples as unknown[])));
  }
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return draw(fc.constantFrom(...(schema.enum as unknown[])));
  if (Array.isArray(schema.anyOf)) {
    const [first, ...others] = schema.anyOf as Json[];
    // Names of fields come before the paths that not every object has.
    const isNames = Array.isArray(first!.enum) && draw(fc.integer({ min: 0, max: 9 })) > 0;
    return make(isNames ? first! : draw(fc.constantFrom(first!, ...others)), 0);
  }
  const types = schema.type === undefined ? [] : ([schema.type].flat() as string[]);
  // Null is one choice of many.
  const type = types.length > 1 && draw(fc.integer({ min: 0, max: 5 })) > 0 ? types[0] : types.at(-1);
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return draw(fc.boolean());
    case 'integer':
      return draw(fc.integer({ min: (schema.minimum as number) ?? -1e9, max: (schema.maximum as number) ?? 1e9 }));
    case 'number': {
      const min = (schema.minimum ?? schema.exclusiveMinimum ?? -1e12) as number;
      const max = (schema.maximum ?? schema.exclusiveMaximum ?? 1e12) as number;
      return draw(
        fc.oneof(
          fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, 1e15)) }),
          fc.double({ min, max, noNaN: true }),
        ),
      );
    }
    case 'string':
      return textOf(draw, schema);
    case 'array': {
      const most = Math.min((schema.maxItems as number) ?? 4, depth > 5 ? 1 : 4);
      const items = (schema.items as Json) ?? {};
      return Array.from(
        { length: draw(fc.integer({ min: Math.min((schema.minItems as number) ?? 0, most), max: most })) },
        () => make(items),
      );
    }
    case 'object': {
      const value: Json = {};
      const properties = (schema.properties as Record<string, Json>) ?? {};
      const required = (schema.required as string[]) ?? [];
      const often = depth > 4 ? 20 : Math.max(2, Object.keys(properties).length / 4);
      for (const [name, inner] of Object.entries(properties)) {
        if (depth > 5 && ['and', 'or', 'not'].includes(name)) continue;
        if (name === 'cursor') {
          if (world.cursors.length > 0 && draw(fc.integer({ min: 0, max: 19 })) === 0)
            value[name] = draw(fc.constantFrom(...world.cursors));
          continue;
        }
        if (required.includes(name) || draw(fc.double({ min: 0, max: often, noNaN: true })) < 1)
          value[name] = make(inner);
      }
      if (schema.minProperties && typeof schema.additionalProperties === 'object') {
        for (const name of draw(
          fc.uniqueArray(fc.constantFrom('n', 'total', 'average', 'least'), { minLength: 1, maxLength: 3 }),
        )) {
          value[name] = make(schema.additionalProperties as Json);
        }
      }
      return value;
    }
    default:
      return draw(fc.constantFrom<unknown>(1, 'text', true, null, { a: 1 }, ['b']));
  }
}

function isList(schema: Json): boolean {
  return (
    [schema.type].flat().includes('array') || ((schema.anyOf as Json[]) ?? []).some((part) => part.type === 'array')
  );
}

function textOf(draw: Draw, schema: Json): string {
  if (schema.format === 'uuid') return draw(uuids);
  if (schema.format === 'date') return draw(dates).toISOString().slice(0, 10);
  if (schema.format === 'date-time') return draw(dates).toISOString();
  if (typeof schema.pattern === 'string') {
    const fitting = paths.filter((text) => new RegExp(schema.pattern as string).test(text));
    if (fitting.length > 0) return draw(fc.constantFrom(...fitting));
  }
  return draw(texts)
    .slice(0, (schema.maxLength as number) ?? 60)
    .toWellFormed();
}

// Made once: the tables behind them take longer to build than all requests.
const uuids = fc.uuid();
const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const paths = [
  'owner.name',
  'createdBy.language',
  'updatedBy.name',
  'updatedBy.createdBy.email',
  'account.industry',
  'XYZ',
  'EUR',
  'LT',
];
const words = [
  'Litera',
  'Žalgirio g. 5',
  '2026-01-31',
  'this-month',
  'last-7-days',
  'me',
  'a@example.com',
  '100%_',
  '😀',
  '\\',
];
const texts = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

function pathValue(world: World, draw: Draw, path: string, name: string): string {
  const object = /^\/api\/records\/(\w+)/.exec(path)?.[1];
  const known = name === 'changeSet' ? world.changeSets : object ? world.ids(object) : [];
  if (known.length > 0 && draw(fc.integer({ min: 0, max: 9 })) < 9) return draw(fc.constantFrom(...known));
  if (draw(fc.integer({ min: 0, max: 9 })) > 0) return name === 'object' ? 'account' : draw(uuids);
  return draw(fc.constantFrom('account', '__proto__', '%', '\u0000', "' or 1=1 --", '..', 'ä', '0'.repeat(150)));
}

/** One place of a value is replaced, one key is added, or one is sent under another name. */
function spoil(draw: Draw, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  const places = placesOf(copy);
  if (places.length === 0) return draw(hostileValue);
  const [holder, key] = draw(fc.constantFrom(...places));
  const how = draw(fc.integer({ min: 0, max: 9 }));
  if (how < 8) holder[key] = draw(hostileValue);
  else if (how === 8)
    Object.defineProperty(
      holder,
      draw(fc.constantFrom('nonsense', 'constructor', '__proto__', 'toString', '\u0000', 'x'.repeat(3000))),
      { value: 1, enumerable: true },
    );
  else delete holder[key];
  return copy;
}

function placesOf(value: unknown): [Json, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [Json, string][] => [[value as Json, key], ...placesOf(inner)]);
}

/** Stands for a value nested too deeply for JavaScript to write. */
const BOTTOMLESS = '@bottomless@';
const bottomless = `${'[{"a":'.repeat(10_000)}1${'}]'.repeat(10_000)}`;

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    2 ** 53,
    2 ** 63,
    1e15,
    -0,
    1e-320,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfff',
    '\u202e',
    '\r\n',
    'NaN',
    'null',
    'undefined',
    '1e999',
    '0x10',
    '-',
    '%',
    '%%',
    '_',
    "'",
    '";--',
    '\\',
    '$1',
    '{{x}}',
    '$t(field.id)',
    '2026-02-30',
    '9999-99-99',
    '0000-00-00',
    '-0001-01-01',
    '+275760-09-13',
    '10000-01-01',
    '2026-01-31T25:00:00Z',
    '275760-09-13T00:00:00.000Z',
    'infinity',
    '-infinity',
    'today+9999w',
    'now-9999w',
    'last-999-years',
    'next-0-days',
    'me',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    [],
    {},
    [[]],
    [null],
    [{}],
    { is: null },
    { is: [] },
    { is: {} },
    { in: 'x' },
    { in: [null] },
    { contains: 1 },
    { within: 'never' },
    { nonsense: 1 },
    { and: {} },
    { or: [] },
    { not: [] },
    { not: null },
    { and: [1] },
    { $search: {} },
    { amount: 1e300 },
    { amount: 1, currency: 'XXXX' },
    { value: 1 },
    { __proto__: null, toString: 1 },
    { constructor: { prototype: 1 } },
    { length: 1e9 },
    { key: { count: true } },
    { n: { count: true, sum: 'x' } },
    'https://',
    'javascript:alert(1)',
    'a@b',
    '+',
    'name:day',
    '-',
    '-name,',
    'name.name',
    'account.account.account.account.account',
    'id',
    '-id',
    'createdAt:day',
    'tags',
    'searchText',
  ),
  fc.constant(0).map(() => 'x'.repeat(300_000)),
  fc.constant(BOTTOMLESS),
  fc.constant(0).map(() => Array.from({ length: 20_000 }, (_, index) => index)),
  fc.constant(0).map(() => Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]))),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.double(),
);
