import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { fieldAccess, isAllowed } from '#kernel/access/access.ts';
import { checkFormula, FormulaError } from '#kernel/formula/formula.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { formulaScope, type FieldModel, isWritable, type Model, objectOf, type ObjectModel } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { readerLanguage } from '../problems.ts';
import { visitorOfRequest } from '../session.ts';
import type { Visitor } from '../visitor.ts';

/** What the screens are made of: the definitions in the reader's language, and what the reader may do. */
export function objectRoutes(app: FastifyInstance): void {
  app.get('/api/objects', { schema: { tags: ['objects'], summary: 'All definitions, in the reader’s language' } }, (request) => {
    const visitor = visitorOfRequest(request);
    const { model, version } = visitor.workspace;
    const seen = [...model.objects.values()].filter((object) => isAllowed(visitor.principal, object.name, 'read'));
    return { version, objects: seen.map((object) => presentObject(object, visitor, readerLanguage(request))) };
  });

  app.get<{ Params: { object: string } }>(
    '/api/objects/:object',
    { schema: { tags: ['objects'], summary: 'One definition', params: Type.Object({ object: Type.String() }) } },
    (request) => {
      const visitor = visitorOfRequest(request);
      const object = objectOf(visitor.workspace.model, request.params.object);
      if (!isAllowed(visitor.principal, object.name, 'read')) throw new Problem('object.unknown', { object: object.name });
      return presentObject(object, visitor, readerLanguage(request));
    },
  );

  app.post(
    '/api/formulas/check',
    {
      schema: {
        tags: ['objects'],
        summary: 'Is a formula right? Errors point at the character',
        body: Type.Object({ object: Type.String(), formula: Type.String({ maxLength: 20_000 }), returns: Type.Optional(Type.String()) }),
      },
    },
    (request) => checkOne(request, visitorOfRequest(request).workspace),
  );
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
  const label = definition.label?.[language] ?? definition.label?.[workspace.settings.language];
  return {
    name,
    plural: definition.plural,
    icon: definition.icon,
    title: definition.title,
    custom: object.custom,
    label: label ?? { one: say('one', name), many: say('many', definition.plural) },
    fields: [...object.fields.values()]
      .filter((field) => fieldAccess(principal, name, field.name) !== 'hidden')
      .map((field) => presentField(field, workspace, language, words, fieldAccess(principal, name, field.name) === 'read')),
    views: Object.entries(definition.views ?? {}).map(([view, settings]) => ({ name: view, label: say(`views.${view}`, view), ...settings })),
    actions: (workspace.actions.get(name) ?? []).map((action) => ({
      name: action.name,
      label: say(`actions.${action.name}`, action.name),
      icon: action.icon,
      shortcut: action.shortcut ?? null,
      input: action.input,
    })),
    quickCreate: definition.quickCreate ?? Object.entries(definition.fields).flatMap(([field, { required }]) => (required ? [field] : [])),
    detailOf: definition.detailOf ?? null,
    related: relatedTo(object, workspace.model).map((field) => ({ object: field.object, field: field.name, label: words(`object.${field.object}.many`) })),
    can: {
      create: isAllowed(principal, name, 'create'),
      update: isAllowed(principal, name, 'update'),
      delete: isAllowed(principal, name, 'delete'),
      export: isAllowed(principal, name, 'export'),
      import: isAllowed(principal, name, 'import'),
    },
  };
}

function presentField(field: FieldModel, workspace: Workspace, language: string, words: (key: string) => string, isLimited: boolean) {
  const { name, object, type, definition } = field;
  const key = field.system && !(name in workspace.model.objects.get(object)!.definition.fields) ? `field.${name}` : `object.${object}.fields.${name}`;
  const { name: _name, required, readOnly, label, help, options, ...own } = definition as typeof definition & { options?: { value: string; label?: Record<string, string>; color?: string }[] };
  const helpKey = `object.${object}.help.${name}`;
  return {
    name,
    type: type.name,
    label: label?.[language] ?? label?.[workspace.settings.language] ?? unlessMissing(words, key, name),
    help: help?.[language] ?? unlessMissing(words, helpKey, null),
    system: field.system,
    custom: field.custom,
    required: required === true,
    readOnly: readOnly === true || isLimited || !isWritable(field),
    sortable: type.order !== undefined,
    groupable: type.groups ?? false,
    aggregations: type.aggregations ?? [],
    operators: { ...Object.fromEntries(Object.entries(type.operators).map(([operator, { takes }]) => [operator, takes])), empty: 'nothing' },
    options: {
      ...own,
      ...(field.target ? { to: field.target } : {}),
      ...(options
        ? {
            options: options.map((option) => ({
              value: option.value,
              color: option.color ?? null,
              label: option.label?.[language] ?? unlessMissing(words, `object.${object}.options.${name}.${option.value}`, option.value),
            })),
          }
        : {}),
    },
  };
}

function unlessMissing<Fallback>(words: (key: string) => string, key: string, fallback: Fallback): string | Fallback {
  const text = words(key);
  return text === key ? fallback : text;
}

/** Lists that a record's page shows: who points here, without the people who wrote it. */
function relatedTo(object: ObjectModel, model: Model): FieldModel[] {
  return object.referencedBy.filter((field) => !field.system && field.type.name !== 'user' && model.objects.has(field.object));
}

function checkOne(request: FastifyRequest, workspace: Workspace) {
  const { object, formula } = request.body as { object: string; formula: string };
  objectOf(workspace.model, object);
  try {
    return { ok: true, type: checkFormula(formula, formulaScope(workspace.model.objects, object)).type, error: null };
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const { code, position, length, params } = error;
    return { ok: false, type: null, error: { code, message: translator(readerLanguage(request))(code, params), position, length } };
  }
}
