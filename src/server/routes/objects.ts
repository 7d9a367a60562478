import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type TObject, type TSchema, Type } from 'typebox';
import { modules } from '#app/modules.ts';
import { queueRecompute } from '#app/recompute.ts';
import type { Runtime } from '#app/runtime.ts';
import { fieldAccess, isAllowed } from '#kernel/access/access.ts';
import type { FieldDefinition } from '#kernel/fields/registry.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { OneChange } from '#kernel/object/change-overlay.ts';
import type { ObjectDefinition } from '#kernel/object/definition.ts';
import { objectSchema } from '#kernel/object/definition-schema.ts';
import { type FieldModel, isWritable, type Model, type ObjectModel, objectOf } from '#kernel/object/model.ts';
import type { ObjectChange } from '#kernel/object/overlay.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { reachesOf } from '#kernel/timeline/subjects.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { presentLayouts } from '../present-layouts.ts';
import { readerLanguage } from '../problems.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';

const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const text = Type.String();

const Definition = Type.Object({
  name: text,
  plural: text,
  icon: text,
  title: Type.String({ description: 'The field that names a record' }),
  custom: Type.Boolean({ description: 'Added at run time' }),
  label: Type.Object({ one: text, many: text }),
  fields: Type.Array(
    Type.Object({
      name: text,
      type: text,
      label: text,
      help: orNull(text),
      system: Type.Boolean(),
      custom: Type.Boolean(),
      required: Type.Boolean(),
      readOnly: Type.Boolean(),
      sortable: Type.Boolean(),
      groupable: Type.Union([Type.Literal(false), Type.Literal('value'), Type.Literal('bucket'), Type.Literal('each')]),
      aggregations: Type.Array(text),
      operators: Type.Record(text, text, { description: 'Operator → what it takes' }),
      options: Type.Record(text, Type.Unknown()),
    }),
  ),
  views: Type.Array(Type.Object({ name: text, label: text, type: text })),
  actions: Type.Array(
    Type.Object({ name: text, label: text, icon: text, shortcut: orNull(text), input: Type.Unknown() }),
  ),
  layouts: Type.Array(Type.Unknown(), { description: 'Of a record’s page: the first whose condition holds' }),
  duplicates: Type.Boolean({ description: 'Whether records are compared with one another' }),
  quickCreate: Type.Array(text),
  detailOf: orNull(text),
  glance: Type.Boolean({ description: 'Whether something is told of its records at one glance' }),
  reaches: Type.Array(text, { description: 'How far the timeline of a record can reach' }),
  timelineOf: Type.Array(text, { description: 'References to what is written about on the page of a record' }),
  related: Type.Array(Type.Object({ object: text, field: text, label: text })),
  can: Type.Record(text, Type.Boolean()),
});
const toldAtAGlance = new Set(modules.flatMap((module) => (module.glance ?? []).map(({ object }) => object)));
const Definitions = Type.Object({ version: Type.Integer(), objects: Type.Array(Definition) });

/** What the screens are made of: the definitions in the reader's language, and what the reader may do. */
export function objectRoutes(app: FastifyInstance, runtime: Runtime): void {
  app.get(
    '/api/objects',
    {
      schema: {
        tags: ['objects'],
        summary: 'All definitions, in the reader’s language',
        response: { 200: Definitions },
      },
    },
    (request) => {
      const visitor = visitorOfRequest(request);
      const { model, version } = visitor.workspace;
      const seen = [...model.objects.values()].filter((object) => isAllowed(visitor.principal, object.name, 'read'));
      return { version, objects: seen.map((object) => presentObject(object, visitor, readerLanguage(request))) };
    },
  );

  app.get<{ Params: { object: string } }>(
    '/api/objects/:object',
    {
      schema: {
        tags: ['objects'],
        summary: 'One definition',
        params: Type.Object({ object: Type.String() }),
        response: { 200: Definition },
      },
    },
    (request) => {
      const visitor = visitorOfRequest(request);
      const object = objectOf(visitor.workspace.model, request.params.object);
      if (!isAllowed(visitor.principal, object.name, 'read'))
        throw new Problem('object.unknown', { object: object.name });
      return presentObject(object, visitor, readerLanguage(request));
    },
  );
  changeRoutes(app, runtime);
}

/** Adding and changing objects and fields while everybody works. What is removed stays restorable until it is purged. */
function changeRoutes(app: FastifyInstance, runtime: Runtime): void {
  const change = async (request: FastifyRequest, wanted: OneChange) => {
    const visitor = administratorOfRequest(request);
    const { principal } = visitor;
    await changeDefinitions(runtime.database, visitor.workspace, wanted, {
      shipped: runtime.shipped,
      userId: principal.userId,
      onDerived: (connection, { id }, changes) => queueRecompute(connection, id, changes, principal.userId),
    });
    const workspace = await runtime.workspace(visitor.workspace.id);
    const name = wanted.kind === 'addObject' ? wanted.definition.name : wanted.object;
    const object = workspace.model.objects.get(name);
    return object ? presentObject(object, { ...visitor, workspace }, readerLanguage(request)) : null;
  };
  const schema = (summary: string) => ({ tags: ['objects'], summary, response: { 200: orNull(Definition) } });
  type One = { Params: { object: string; field: string } };
  const body = (request: FastifyRequest) => (request.body ?? {}) as Record<string, unknown>;

  app.post(
    '/api/objects',
    { schema: { ...schema('Add an object'), body: objectSchema(), response: { 201: Definition } } },
    async (request, reply) => {
      reply.code(201);
      return change(request, { kind: 'addObject', definition: request.body as ObjectDefinition });
    },
  );
  app.patch<One>(
    '/api/objects/:object',
    { schema: { ...schema('Change labels, icon and layouts of an object'), body: anyObject } },
    (request) =>
      change(request, { kind: 'changeObject', object: request.params.object, changes: body(request) as ObjectChange }),
  );
  app.delete<One>(
    '/api/objects/:object',
    { schema: { ...schema('Remove an added object'), querystring: purging } },
    (request) =>
      change(request, { kind: isPurge(request) ? 'purgeObject' : 'removeObject', object: request.params.object }),
  );
  app.post<One>('/api/objects/:object/restore', { schema: schema('Bring a removed object back') }, (request) =>
    change(request, { kind: 'restoreObject', object: request.params.object }),
  );
  app.post<One>(
    '/api/objects/:object/fields',
    { schema: { ...schema('Add a field'), body: anyObject, response: { 201: Definition } } },
    async (request, reply) => {
      const { name, ...definition } = body(request);
      if (typeof name !== 'string')
        throw new Problem('object.invalid', {}, [{ field: 'name', code: 'field.required' }]);
      reply.code(201);
      return change(request, {
        kind: 'addField',
        object: request.params.object,
        name,
        definition: definition as FieldDefinition,
      });
    },
  );
  app.patch<One>(
    '/api/objects/:object/fields/:field',
    { schema: { ...schema('Change a field'), body: anyObject } },
    (request) =>
      change(request, {
        kind: 'changeField',
        object: request.params.object,
        name: request.params.field,
        changes: body(request),
      }),
  );
  app.delete<One>(
    '/api/objects/:object/fields/:field',
    { schema: { ...schema('Remove an added field'), querystring: purging } },
    (request) =>
      change(request, {
        kind: isPurge(request) ? 'purgeField' : 'removeField',
        object: request.params.object,
        name: request.params.field,
      }),
  );
  app.post<One>(
    '/api/objects/:object/fields/:field/restore',
    { schema: schema('Bring a removed field back') },
    (request) => change(request, { kind: 'restoreField', object: request.params.object, name: request.params.field }),
  );
}

const anyObject = Type.Record(Type.String(), Type.Unknown());
const purging = Type.Object({ purge: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])) });

function isPurge(request: FastifyRequest): boolean {
  return (request.query as { purge?: string }).purge === 'true';
}

/** A definition as a screen needs it. */
export function presentObject(object: ObjectModel, visitor: Visitor, language: string) {
  const { workspace, principal } = visitor;
  const { definition, name } = object;
  const words = translator(language);
  const say = (key: string, fallback: string) => {
    const text = words(`object.${name}.${key}`);
    return text === `object.${name}.${key}` ? fallback : text;
  };
  return {
    name,
    plural: definition.plural,
    icon: definition.icon,
    title: definition.title,
    custom: object.custom,
    label: labelOf(object, workspace, language),
    fields: [...object.fields.values()]
      .filter((field) => fieldAccess(principal, name, field.name) !== 'hidden')
      .map((field) => presentField(field, workspace, language, words, fieldAccess(principal, name, field.name))),
    views: Object.entries(definition.views ?? {}).map(([view, settings]) => ({
      name: view,
      label: say(`views.${view}`, view),
      ...settings,
    })),
    actions: (workspace.actions.get(name) ?? []).map((action) => ({
      name: action.name,
      label: say(`actions.${action.name}`, action.name),
      icon: action.icon,
      shortcut: action.shortcut ?? null,
      input: titled(action.input, (input) =>
        object.fields.has(input) ? undefined : say(`inputs.${action.name}.${input}`, input),
      ),
    })),
    layouts: presentLayouts(object, visitor, language),
    duplicates: workspace.duplicates.has(name),
    quickCreate:
      definition.quickCreate ??
      Object.entries(definition.fields).flatMap(([field, { required }]) => (required ? [field] : [])),
    detailOf: definition.detailOf ?? null,
    glance: toldAtAGlance.has(name),
    reaches: reachesOf({ model: workspace.model, principal }, object),
    timelineOf: definition.timelineOf ?? [],
    related: relatedTo(object, workspace.model).map((field) => ({
      object: field.object,
      field: field.name,
      label: labelOf(objectOf(workspace.model, field.object), workspace, language).many,
    })),
    can: {
      create: isAllowed(principal, name, 'create'),
      update: isAllowed(principal, name, 'update'),
      delete: isAllowed(principal, name, 'delete'),
      export: isAllowed(principal, name, 'export'),
      import: isAllowed(principal, name, 'import'),
    },
  };
}

/** With words for what no field of the object names: a form has them from the field otherwise. */
function titled(input: TObject, say: (name: string) => string | undefined) {
  const properties = Object.entries(input.properties).map(([name, schema]) => {
    const title = 'x-field' in schema ? undefined : say(name);
    return [name, title === undefined ? schema : { ...schema, title }];
  });
  return { ...input, properties: Object.fromEntries(properties) };
}

function presentField(
  field: FieldModel,
  workspace: Workspace,
  language: string,
  words: (key: string) => string,
  access: ReturnType<typeof fieldAccess>,
) {
  const isMasked = access === 'masked';
  const { name, object, type, behaviour, definition } = field;
  const key = `object.${object}.fields.${name}`;
  const {
    name: _name,
    required,
    readOnly,
    label,
    help,
    options,
    ...own
  } = definition as typeof definition & {
    options?: { value: string; label?: Record<string, string>; color?: string; when?: unknown }[];
  };
  const helpKey = `object.${object}.help.${name}`;
  const chosen = (label: Labels<string>) => label?.[language] ?? label?.[workspace.settings.language];
  return {
    name,
    type: type.name,
    label:
      chosen(label) ??
      unlessMissing(words, key, null) ??
      unlessMissing(words, `field.${name}`, null) ??
      any(label) ??
      name,
    help: chosen(help) ?? unlessMissing(words, helpKey, null) ?? any(help) ?? null,
    system: field.system,
    custom: field.custom,
    required: required === true,
    readOnly: readOnly === true || access !== 'write' || !isWritable(field),
    sortable: behaviour.order !== undefined && !isMasked,
    groupable: isMasked ? false : (behaviour.groups ?? false),
    aggregations: isMasked ? [] : (behaviour.aggregations ?? []),
    operators: isMasked
      ? {}
      : {
          ...Object.fromEntries(Object.entries(behaviour.operators).map(([operator, { takes }]) => [operator, takes])),
          empty: 'nothing',
        },
    options: {
      ...own,
      ...(field.target ? { to: field.target } : {}),
      ...(options
        ? {
            options: options.map((option) => ({
              value: option.value,
              color: option.color ?? null,
              ...(option.when ? { when: option.when } : {}),
              label:
                option.label?.[language] ??
                unlessMissing(words, `object.${object}.options.${name}.${option.value}`, null) ??
                chosen(option.label) ??
                any(option.label) ??
                option.value,
            })),
          }
        : {}),
    },
  };
}

type Labels<Words> = Readonly<Partial<Record<string, Words>>> | undefined;

/** As the administrator calls it: for the reader, else for the company; as it is shipped; else as in any language. */
function labelOf({ name, definition }: ObjectModel, { settings }: Workspace, language: string) {
  const words = translator(language);
  const one = unlessMissing(words, `object.${name}.one`, null);
  const label: Labels<{ one: string; many: string }> = definition.label;
  return (
    label?.[language] ??
    label?.[settings.language] ??
    (one === null ? null : { one, many: words(`object.${name}.many`) }) ??
    any(label) ?? { one: name, many: definition.plural }
  );
}

function any<Words>(label: Labels<Words>): Words | undefined {
  return Object.values(label ?? {})[0];
}

function unlessMissing<Fallback>(words: (key: string) => string, key: string, fallback: Fallback): string | Fallback {
  const text = words(key);
  return text === key ? fallback : text;
}

/** Lists that a record's page shows: who points here, without the people who wrote it. */
function relatedTo(object: ObjectModel, model: Model): FieldModel[] {
  return object.referencedBy.filter(
    (field) => !field.system && field.type.name !== 'user' && model.objects.has(field.object),
  );
}
