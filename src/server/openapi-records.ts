import { fieldAccess, isAllowed, type Operation, type Principal } from '#kernel/access/access.ts';
import { behaviourOf } from '#kernel/fields/registry.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { ActionDefinition } from '#kernel/object/action.ts';
import { type FieldModel, isWritable, type ObjectModel } from '#kernel/object/model.ts';

/** A piece of JSON Schema or of the document. */
export type Json = Record<string, unknown>;

/** What one object adds to the document. */
export interface Part {
  tag: Json;
  paths: Record<string, Json>;
  schemas: Json;
}

/** `$ref` of a component that all objects share, or of one of this object's own. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const uuid = { type: 'string', format: 'uuid' };
/** Through references: `account.industry`. */
const path = { type: 'string', pattern: '^[a-z][a-zA-Z0-9]*(\\.[a-z][a-zA-Z0-9]*){1,3}$' };

/** Components that every object's paths point to. */
export const sharedSchemas: Json = {
  Linked: {
    description: 'A record that another one points to. Fields asked for behind it come along.',
    type: 'object',
    properties: { id: uuid, title: nullable({ type: 'string' }) },
    required: ['id', 'title'],
  },
  Count: {
    type: 'object',
    properties: { value: { type: 'integer', minimum: 0 }, kind: { enum: ['exact', 'estimate', 'atLeast'] } },
    required: ['value', 'kind'],
    additionalProperties: false,
  },
  Amounts: {
    description: 'Money by currency, and in the workspace’s base currency as far as rates are known.',
    type: 'object',
    properties: {
      base: { type: ['number', 'null'] },
      byCurrency: { type: 'object', additionalProperties: { type: 'number' } },
    },
    required: ['base', 'byCurrency'],
    additionalProperties: false,
  },
  AggregateRows: {
    type: 'object',
    properties: {
      rows: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            key: {
              description: 'In the order of groupBy',
              type: 'array',
              items: { type: ['string', 'number', 'boolean', 'null'] },
            },
          },
          required: ['key'],
          additionalProperties: { anyOf: [{ type: ['number', 'string', 'boolean', 'null'] }, ref('Amounts')] },
        },
      },
    },
    required: ['rows'],
    additionalProperties: false,
  },
  ChangeSet: {
    type: 'object',
    properties: {
      changeSet: {
        ...nullable(uuid),
        description: 'Undo it with POST /api/changes/{changeSet}/undo; null after a purge',
      },
    },
    required: ['changeSet'],
    additionalProperties: false,
  },
  BulkResult: {
    type: 'object',
    properties: {
      changeSet: uuid,
      succeeded: { type: 'integer', minimum: 0 },
      failed: { type: 'integer', minimum: 0 },
      results: {
        type: 'array',
        items: {
          type: 'object',
          properties: { index: { type: 'integer', minimum: 0 }, id: nullable(uuid), problem: ref('Problem') },
          required: ['index', 'id'],
          additionalProperties: false,
        },
      },
    },
    required: ['changeSet', 'succeeded', 'failed', 'results'],
    additionalProperties: false,
  },
  History: {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            position: { type: 'integer', minimum: 1 },
            at: { type: 'string', format: 'date-time' },
            changeSet: uuid,
            object: { type: 'string' },
            record: uuid,
            operation: { type: 'string' },
            version: { type: 'integer', minimum: 1 },
            actor: nullable(uuid),
            via: { type: 'string' },
            changes: {
              description: 'Field → [before, after]',
              type: ['object', 'null'],
              additionalProperties: { type: 'array', minItems: 2, maxItems: 2 },
            },
            note: { type: ['string', 'null'] },
          },
          required: ['position', 'at', 'changeSet', 'object', 'record', 'operation', 'version', 'actor', 'via'],
        },
      },
      next: { description: '`before` of the next page', type: ['integer', 'null'] },
    },
    required: ['items', 'next'],
    additionalProperties: false,
  },
};

/**
 * The paths and schemas of one object, as far as this reader may use them.
 * @param take gives a component its name: the wanted one, or another while that is taken
 */
export function describeObject(
  object: ObjectModel,
  actions: readonly ActionDefinition[],
  principal: Principal,
  take: (wanted: string, schema?: Json) => string,
): Part {
  const fields = [...object.fields.values()].filter(
    (field) => fieldAccess(principal, object.name, field.name) !== 'hidden',
  );
  const pascal = capital(object.name);
  const names = {
    record: take(pascal),
    input: take(`${pascal}Input`),
    filter: take(`${pascal}Filter`),
    page: take(`${pascal}Page`),
    query: take(`${pascal}Query`),
    aggregate: take(`${pascal}Aggregate`),
  };
  const label = object.definition.label?.en ?? {
    one: translator('en')(`object.${object.name}.one`),
    many: translator('en')(`object.${object.name}.many`),
  };
  const queries = listProperties(object, fields, ref(names.filter));
  const shared: Json = {};
  const condition = (field: FieldModel) => conditionSchema(field, shared, take);

  const schemas: Json = {
    [names.record]: recordSchema(fields),
    [names.input]: inputSchema(object, fields, principal),
    [names.filter]: filterSchema(fields, ref(names.filter), condition),
    [names.page]: {
      type: 'object',
      properties: {
        items: { type: 'array', items: ref(names.record) },
        next: { description: '`cursor` of the next page', type: ['string', 'null'] },
        previous: { type: ['string', 'null'] },
        total: ref('Count'),
      },
      required: ['items', 'next', 'previous'],
      additionalProperties: false,
    },
    [names.query]: { type: 'object', properties: queries, additionalProperties: false },
    [names.aggregate]: aggregateSchema(fields, ref(names.filter)),
    ...shared,
  };

  const may = (operation: Operation) => isAllowed(principal, object.name, operation);
  const operation = (name: string, summary: string, rest: Json): Json => ({
    operationId: `${object.name}.${name}`,
    tags: [object.name],
    summary,
    ...rest,
  });
  const record = ok('200', 'The record', ref(names.record));
  const required = fields.filter((field) => isNeeded(field)).map((field) => field.name);
  const note = !object.fields.has('note') && {
    note: { type: 'string', maxLength: 4_000, description: 'Why; kept in the history' },
  };
  const version = {
    version: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1, description: 'The one it was seen in' },
  };
  const values = (more: Json): Json => ({ ...ref(names.input), ...more, unevaluatedProperties: false });
  const needed = required.length > 0 && { required };
  const own = `/api/records/${object.name}`;
  const many = label.many.toLowerCase();
  const one = label.one.toLowerCase();
  const paths: Record<string, Json> = {
    [own]: {
      ...(may('read') && {
        get: operation('list', `A page of ${many}`, {
          parameters: Object.entries(queries).map(([name, schema]) => queryParameter(name, schema as Json)),
          responses: ok('200', 'A page', ref(names.page)),
        }),
      }),
      ...(may('create') && {
        post: operation('create', `Create ${one}`, {
          requestBody: json(values({ properties: { ...note }, ...needed })),
          responses: {
            '201': {
              ...(ok('201', 'The record', ref(names.record))['201'] as Json),
              headers: { Location: { schema: { type: 'string' } } },
            },
          },
        }),
      }),
    },
    ...(may('read') && {
      [`${own}/query`]: {
        post: operation('query', `A page of ${many}, the query in the body`, {
          requestBody: json(ref(names.query)),
          responses: ok('200', 'A page', ref(names.page)),
        }),
      },
      [`${own}/aggregate`]: {
        post: operation('aggregate', `Count, sum and compare ${many} in groups`, {
          requestBody: json(ref(names.aggregate)),
          responses: ok('200', 'A row per group', ref('AggregateRows')),
        }),
      },
    }),
    [`${own}/bulk`]: {
      post: operation('bulk', `Create, change, delete or restore many ${many}`, {
        requestBody: json(bulkSchema(values({ ...needed }), values({}), ref(names.filter))),
        responses: ok('200', 'What became of each row', ref('BulkResult')),
      }),
    },
    [`${own}/{id}`]: {
      parameters: [idParameter],
      ...(may('read') && {
        get: operation('read', `One ${one}`, {
          parameters: ['fields', 'expand', 'deleted'].map((name) => queryParameter(name, queries[name] as Json)),
          responses: record,
        }),
      }),
      ...(may('update') && {
        patch: operation('update', `Change ${one}: fields left out stay, null clears`, {
          requestBody: json(values({ properties: { ...version, ...note } })),
          responses: record,
        }),
      }),
      ...(may('delete') && {
        delete: operation('delete', `Move ${one} to the trash; with \`purge\`, out of it for good`, {
          parameters: [
            queryParameter('version', { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 }),
            queryParameter('purge', { type: 'boolean' }),
          ],
          responses: ok('200', 'What to undo it with', ref('ChangeSet')),
        }),
      }),
    },
    ...(may('delete') && {
      [`${own}/{id}/restore`]: {
        parameters: [idParameter],
        post: operation('restore', `Bring ${one} back from the trash`, { responses: record }),
      },
    }),
    ...(may('read') && {
      [`${own}/{id}/history`]: {
        parameters: [idParameter],
        get: operation('history', `What happened to ${one}, newest first`, {
          parameters: [
            queryParameter('limit', { type: 'integer', minimum: 1, maximum: 200 }),
            queryParameter('before', { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
            queryParameter('fields', { type: 'string', description: 'Only changes of these, separated by commas' }),
            queryParameter('actor', { type: 'string', format: 'uuid', description: 'Only what this user did' }),
            queryParameter('derived', { type: 'boolean', description: 'false leaves out what the program computed' }),
          ],
          responses: ok('200', 'Events', ref('History')),
        }),
      },
    }),
  };
  for (const action of may('run') ? actions : []) {
    paths[`${own}/{id}/actions/${action.name}`] = {
      parameters: [idParameter],
      post: operation(action.name, translator('en')(`object.${object.name}.actions.${action.name}`), {
        requestBody: { ...json(plain(action.input)), required: false },
        responses: ok('200', 'What the action answers', {}),
      }),
    };
  }
  return { tag: { name: object.name, description: label.many }, paths, schemas };
}

function recordSchema(fields: readonly FieldModel[]): Json {
  const references = fields.filter((field) => field.target !== null && field.name !== 'id');
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(fields.map((field) => [field.name, outputSchema(field)])),
      ...(references.length > 0 && {
        expanded: {
          description: 'Records that `expand` asked for',
          type: 'object',
          properties: Object.fromEntries(
            references.map((field) => [
              field.name,
              field.link ? { type: 'array', items: ref('Linked') } : nullable(ref('Linked')),
            ]),
          ),
          additionalProperties: false,
        },
      }),
    },
    // `fields=account.name` answers under that name.
    patternProperties: { '\\.': {} },
    // `fields` may ask for less than all.
    required: ['id', 'version'],
    additionalProperties: false,
  };
}

function outputSchema(field: FieldModel): Json {
  const schema = plain(field.type.schema(field.definition).output);
  const isNever = field.definition.required || ['id', 'createdAt', 'updatedAt', 'version'].includes(field.name);
  return pointing(field, isNever ? schema : nullable(schema));
}

/** Of creating and changing. `id` may be chosen by the client. */
function inputSchema(object: ObjectModel, fields: readonly FieldModel[], principal: Principal): Json {
  const written = fields.filter(
    (field) => isWritable(field) && fieldAccess(principal, object.name, field.name) === 'write',
  );
  return {
    type: 'object',
    properties: {
      id: uuid,
      ...Object.fromEntries(
        written.map((field) => {
          const schema = plain(field.type.schema(field.definition).input);
          const values = field.definition.required ? schema : nullable(schema);
          return [field.name, pointing(field, { ...values, ...examplesOf(field) })];
        }),
      ),
    },
  };
}

/** What is written as text says best by example what it looks like. */
const shownByExample = ['email', 'phone', 'url', 'date', 'datetime', 'richText', 'address', 'geo'];

function examplesOf({ type, definition }: FieldModel): Json {
  if (!shownByExample.includes(type.name)) return {};
  const { many } = definition as { many?: boolean };
  const samples = type.samples.filter(
    ({ field }) => Boolean((field as { many?: boolean } | undefined)?.many) === Boolean(many),
  );
  return { examples: samples.slice(0, 2).map(({ input }) => input) };
}

/** Says which object an id belongs to. */
function pointing(field: FieldModel, schema: Json): Json {
  return field.target === null ? schema : { ...schema, 'x-object': field.target };
}

function isNeeded(field: FieldModel): boolean {
  return field.definition.required === true && field.definition.default === undefined && isWritable(field);
}

function filterSchema(fields: readonly FieldModel[], self: Json, condition: (field: FieldModel) => Json): Json {
  return {
    description: 'All keys have to hold. Through references by path: `account.industry`.',
    type: 'object',
    properties: {
      and: { type: 'array', items: self },
      or: { type: 'array', items: self },
      not: self,
      $search: { type: 'string', maxLength: 1_000 },
      ...Object.fromEntries(fields.map((field) => [field.name, condition(field)])),
    },
    patternProperties: { [path.pattern]: {} },
    additionalProperties: false,
  };
}

/** A value (it has to be equal), null (it has to be empty), a list (one of them), or operators. */
function conditionSchema(field: FieldModel, shared: Json, take: (wanted: string, schema?: Json) => string): Json {
  const type = behaviourOf(field.definition as unknown as { type: string });
  const value = operandSchema(field);
  const operators = Object.entries(type.operators).map(([name, { takes }]) => {
    const operand = {
      value: name === 'is' || name === 'isNot' ? nullable(value) : value,
      list: { type: 'array', items: value, maxItems: 10_000 },
      text: { type: 'string', maxLength: 1_000 },
      period: { type: 'string', examples: ['this-month', 'last-7-days', 'past'] },
      number: { type: 'number' },
      object: { type: 'object' },
      nothing: { type: 'boolean' },
    }[takes];
    return [name, operand];
  });
  const schema = {
    anyOf: [
      ...('is' in type.operators ? [value] : []),
      ...('in' in type.operators ? [{ type: 'array', items: value, maxItems: 10_000 }] : []),
      { type: 'null' },
      {
        type: 'object',
        properties: { ...Object.fromEntries(operators), empty: { type: 'boolean' } },
        additionalProperties: false,
      },
    ],
  };
  const isOwn = 'options' in field.definition;
  const name = take(
    isOwn
      ? `${capital(field.object)}${capital(field.name)}Condition`
      : `${capital(field.target === 'user' ? 'user' : type.name)}Condition`,
    schema,
  );
  shared[name] = schema;
  return ref(name);
}

/** One value on the right of an operator: the bounds of the field do not matter there. */
function operandSchema(field: FieldModel): Json {
  const type = behaviourOf(field.definition as unknown as { type: string });
  const { name, options } = field.definition as { name: string; options?: unknown };
  if (field.target === 'user') return { anyOf: [uuid, { const: 'me' }] };
  const { input } = type.schema({ name, ...(options ? { options } : {}) } as never);
  const { maxLength: _, minimum: _minimum, maximum: _maximum, ...schema } = plain(input);
  return { ...schema, ...examplesOf(field) };
}

function listProperties(object: ObjectModel, fields: readonly FieldModel[], filter: Json): Json {
  const names = fields.map((field) => field.name);
  const sortable = fields.filter((field) => field.type.order).map((field) => field.name);
  const references = fields.filter((field) => field.target !== null && field.name !== 'id').map((field) => field.name);
  return {
    filter,
    search: { type: 'string', maxLength: 4_000, description: `Words that all have to be in the ${object.name}` },
    sort: {
      description: '`-` before a name is descending. Newest first when left out.',
      type: 'array',
      maxItems: 4,
      items: {
        anyOf: [
          { enum: sortable.flatMap((name) => [name, `-${name}`]) },
          { ...path, pattern: `^-?${path.pattern.slice(1)}` },
        ],
      },
    },
    fields: {
      description: 'What to answer, `account.name` through references; all own fields when left out.',
      type: 'array',
      maxItems: 200,
      items: { anyOf: [{ enum: names }, path] },
    },
    expand: {
      description: 'References whose records come along under `expanded`.',
      type: 'array',
      maxItems: 200,
      items: { enum: references },
    },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    cursor: { type: 'string', maxLength: 4_000, description: '`next` or `previous` of a page' },
    count: { enum: ['none', 'estimate', 'exact'], default: 'none' },
    deleted: { type: 'boolean', description: 'The trash instead' },
  };
}

const BUCKETS = ['day', 'week', 'month', 'quarter', 'year'];

function aggregateSchema(fields: readonly FieldModel[], filter: Json): Json {
  const types = fields.map(
    (field) => [field.name, behaviourOf(field.definition as unknown as { type: string })] as const,
  );
  const keys = types.flatMap(([name, { groups }]) =>
    groups === undefined ? [] : groups === 'bucket' ? [name, ...BUCKETS.map((bucket) => `${name}:${bucket}`)] : [name],
  );
  const measures = (['sum', 'avg', 'min', 'max'] as const).flatMap((kind) => {
    const names = types.flatMap(([name, { aggregations }]) => (aggregations?.includes(kind) ? [name] : []));
    return names.length > 0 ? [{ [kind]: { anyOf: [{ enum: names }, path] } }] : [];
  });
  const exactly = (properties: Json): Json => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  return {
    type: 'object',
    properties: {
      filter,
      groupBy: {
        type: 'array',
        maxItems: 3,
        items: {
          anyOf: [
            { enum: keys },
            { type: 'string', pattern: `${path.pattern.slice(0, -1)}(:(${BUCKETS.join('|')}))?$` },
          ],
        },
      },
      measures: {
        description: 'Name → what to compute',
        type: 'object',
        minProperties: 1,
        maxProperties: 20,
        propertyNames: { pattern: '^(?!key$)[a-zA-Z][a-zA-Z0-9_]{0,39}$' },
        additionalProperties: { anyOf: [exactly({ count: { const: true } }), ...measures.map(exactly)] },
      },
      sort: {
        description: 'A key of groupBy or the name of a measure',
        type: 'array',
        items: { type: 'string' },
        maxItems: 1,
      },
      limit: { type: 'integer', minimum: 1, maximum: 10_000 },
    },
    required: ['measures'],
    additionalProperties: false,
  };
}

function bulkSchema(created: Json, changes: Json, filter: Json): Json {
  const ids = { type: 'array', items: uuid };
  const common = {
    atomic: { type: 'boolean', description: 'All or nothing' },
    note: { type: 'string', maxLength: 4_000 },
  };
  const object = (properties: Json, required: string[]): Json => ({
    type: 'object',
    properties,
    required,
    additionalProperties: false,
  });
  const verb = (name: string, schema: Json): Json => object({ [name]: schema, ...common }, [name]);
  return {
    anyOf: [
      verb('create', { type: 'array', items: created, maxItems: 10_000 }),
      verb('update', {
        anyOf: [object({ ids, changes }, ['ids', 'changes']), object({ filter, changes }, ['filter', 'changes'])],
      }),
      verb('updateEach', {
        type: 'array',
        maxItems: 10_000,
        items: object({ id: uuid, version: { type: 'integer', minimum: 1 }, changes }, ['id', 'changes']),
      }),
      verb('delete', { anyOf: [object({ ids }, ['ids']), object({ filter }, ['filter'])] }),
      verb('restore', object({ ids }, ['ids'])),
    ],
  };
}

const idParameter = { name: 'id', in: 'path', required: true, schema: uuid };

/** Lists are written with commas, a filter as JSON. */
function queryParameter(name: string, schema: Json): Json {
  const common = { name, in: 'query', required: false };
  if (name === 'filter') return { ...common, content: { 'application/json': { schema } } };
  return schema.type === 'array' ? { ...common, style: 'form', explode: false, schema } : { ...common, schema };
}

function json(schema: Json): Json {
  return { required: true, content: { 'application/json': { schema } } };
}

function ok(status: string, description: string, schema: Json): Json {
  return { [status]: { description, content: { 'application/json': { schema } } } };
}

/** Or null. */
function nullable(schema: Json): Json {
  if (Object.keys(schema).length === 0) return schema;
  if (typeof schema.type === 'string' && !('enum' in schema) && !('const' in schema)) {
    return { ...schema, type: [schema.type, 'null'] };
  }
  return { anyOf: [...(Array.isArray(schema.anyOf) ? schema.anyOf : [schema]), { type: 'null' }] };
}

/** Schemas made with TypeBox carry marks of its own, which the document does not need. */
function plain(schema: object): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

function capital(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
