import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import type { FieldOf } from '#kernel/fields/field-type.ts';
import { fieldType } from '#kernel/fields/registry.ts';
import {
  type CheckedFormula,
  checkFormula,
  completeFormula,
  FormulaError,
  type FormulaType,
  formulaFunctions,
} from '#kernel/formula/formula.ts';
import { isTranslated, languages, translator } from '#kernel/i18n/translate.ts';
import { dependentsOf } from '#kernel/object/dependents.ts';
import {
  type FieldModel,
  formulaScope,
  formulaSql,
  isStored,
  type ObjectModel,
  objectOf,
  tableOf,
} from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { readOverlay } from '#kernel/workspace/workspace.ts';
import {
  FieldImpact,
  FormulaChecked,
  FormulaCompletions,
  FormulaFunctions,
  ObjectImpact,
  RemovedObjects,
  WrittenDefinition,
} from '../answers.ts';
import { readerLanguage } from '../problems.ts';
import { administratorOfRequest, recordsOf, visitorOfRequest } from '../session.ts';

const text = Type.String();
const ObjectParams = Type.Object({ object: text });
const FieldParams = Type.Object({ object: text, field: text });
const Formula = Type.Object({
  object: text,
  formula: Type.String({ maxLength: 20_000 }),
  returns: Type.Optional(text),
  record: Type.Optional(Type.String({ format: 'uuid', description: 'To try it on; for administrators' })),
});
const Completing = Type.Object({
  object: text,
  formula: Type.String({ maxLength: 20_000 }),
  offset: Type.Integer({ minimum: 0, maximum: 20_000 }),
});

type Labels = Record<string, string | { one: string; many: string }>;

/** Definitions as they are written, for whoever changes them; what hangs on them; formulas while they are written. */
export function definitionRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['objects'];

  app.get<{ Params: { object: string } }>(
    '/api/objects/:object/definition',
    {
      schema: {
        tags,
        summary: 'One definition as it is written, in all languages',
        response: { 200: WrittenDefinition },
        params: ObjectParams,
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const object = objectOf(workspace.model, request.params.object);
      const overlay = await readOverlay(runtime.database, workspace.schema);
      const { definition } = object;
      const removed = overlay.hidden.flatMap((path) => {
        const [owner, field] = path.split('.');
        if (owner !== object.name || field === undefined) return [];
        const own = overlay.objects[owner]?.fields[field] ?? overlay.fields[owner]?.[field];
        return own ? [{ name: field, type: own.type, label: own.label ?? {} }] : [];
      });
      return {
        name: object.name,
        plural: definition.plural,
        icon: definition.icon,
        title: definition.title,
        custom: object.custom,
        quickCreate: definition.quickCreate ?? [],
        detailOf: definition.detailOf ?? null,
        label: { ...shippedObjectLabels(object.name), ...definition.label },
        ownLabel: definition.label ?? {},
        fields: [...object.fields.values()].filter(({ system }) => !system).map((field) => presentField(object, field)),
        removed,
      };
    },
  );

  app.get(
    '/api/removed-objects',
    { schema: { tags, summary: 'Objects that can be brought back', response: { 200: RemovedObjects } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const overlay = await readOverlay(runtime.database, workspace.schema);
      return {
        items: overlay.hidden.flatMap((name) => {
          const own = overlay.objects[name];
          return own ? [{ name, icon: own.icon, label: own.label ?? {} }] : [];
        }),
      };
    },
  );

  app.get<{ Params: { object: string } }>(
    '/api/objects/:object/impact',
    { schema: { tags, summary: 'What hangs on an object', response: { 200: ObjectImpact }, params: ObjectParams } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const { name } = objectOf(workspace.model, request.params.object);
      const records = recordsOf(request);
      const { value } = await records.count(name, undefined, 'estimate');
      return { records: value, dependents: dependentsOf(workspace.model, name) };
    },
  );

  app.get<{ Params: { object: string; field: string } }>(
    '/api/objects/:object/fields/:field/impact',
    {
      schema: {
        tags,
        summary: 'How many records hold a value of a field, and what reads it',
        response: { 200: FieldImpact },
        params: FieldParams,
      },
    },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const object = objectOf(workspace.model, request.params.object);
      const field = object.fields.get(request.params.field);
      if (!field || field.system)
        throw new Problem('field.unknown', { object: object.name, field: request.params.field });
      const records = recordsOf(request);
      const dependents = dependentsOf(workspace.model, object.name, field.name);
      const holds = isStored(field) || field.link !== null;
      const { value } = holds ? await records.count(object.name, { [field.name]: { empty: false } }) : { value: 0 };
      return { records: value, dependents, options: await optionCounts(field) };

      async function optionCounts({ type, name }: FieldModel): Promise<Record<string, number> | null> {
        if (type.name !== 'select') return null;
        const rows = await records.aggregate(object.name, { groupBy: [name], measures: { count: { count: true } } });
        return Object.fromEntries(
          rows.flatMap(({ key, count }) => (typeof key[0] === 'string' ? [[key[0], Number(count)]] : [])),
        );
      }
    },
  );

  app.post<{ Body: { object: string; formula: string; returns?: string; record?: string } }>(
    '/api/formulas/check',
    {
      schema: {
        tags,
        summary: 'Is a formula right? Errors point at the character',
        response: { 200: FormulaChecked },
        body: Formula,
      },
    },
    async (request) => {
      const { workspace } = visitorOfRequest(request);
      const { object: name, formula, returns, record } = request.body;
      const object = objectOf(workspace.model, name);
      const language = readerLanguage(request);
      try {
        const checked = checkFormula(formula, formulaScope(workspace.model.objects, object.name));
        const sample = record === undefined ? null : await sampleOf(request, object, checked, formula, returns, record);
        return { ok: true, type: checked.type, error: null, sample };
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        const { code, position, length, params } = error;
        const message = translator(language)(code, params);
        return { ok: false, type: null, error: { code, message, position, length }, sample: null };
      }
    },
  );

  app.post<{ Body: { object: string; formula: string; offset: number } }>(
    '/api/formulas/complete',
    {
      schema: {
        tags,
        summary: 'What could be written at a place of a formula',
        response: { 200: FormulaCompletions },
        body: Completing,
      },
    },
    (request) => {
      const { workspace } = visitorOfRequest(request);
      const { object, formula, offset } = request.body;
      const { from, to, items } = completeFormula(
        formula,
        Math.min(offset, formula.length),
        formulaScope(workspace.model.objects, objectOf(workspace.model, object).name),
      );
      return { from, to, items: items.slice(0, 100) };
    },
  );

  app.get(
    '/api/formulas/functions',
    { schema: { tags, summary: 'All functions of the formula language', response: { 200: FormulaFunctions } } },
    (request) => {
      const words = translator(readerLanguage(request));
      return {
        items: formulaFunctions.map(({ description, ...own }) => ({ ...own, description: words(description) })),
      };
    },
  );

  /** What a formula makes of a record, as it would be shown. */
  async function sampleOf(
    request: FastifyRequest,
    object: ObjectModel,
    checked: CheckedFormula,
    formula: string,
    returns: string | undefined,
    id: string,
  ): Promise<string | null> {
    const { workspace, principal } = administratorOfRequest(request);
    await recordsOf(request).read(object.name, id, { fields: ['id'] });
    const kind = returns ?? returnedBy[checked.type];
    if (kind === undefined) return null;
    const definition = { name: 'sample', returns: kind, formula } as unknown as FieldOf;
    const type = fieldType('formula');
    const field = {
      ...object.title,
      name: 'sample',
      type,
      definition,
      derived: { kind: 'virtual', checked },
    } as FieldModel;
    const now = new Date();
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: principal.timeZone }).format(now);
    const columns = formulaSql(workspace.model, workspace.schema, field, 'r', {
      today: `'${today}'::date`,
      now: `'${now.toISOString()}'::timestamptz`,
    });
    const [row] = await runtime.database.run(
      sql`select ${raw(columns.join(', '))} from ${raw(tableOf(workspace.schema, object))} r where r.id = ${id}::uuid`,
    );
    const value = row ? type.read(row, definition) : null;
    return value === null
      ? ''
      : type.format(value, definition, { language: principal.language, timeZone: principal.timeZone });
  }
}

const returnedBy: Partial<Record<FormulaType, string>> = {
  number: 'decimal',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  duration: 'duration',
  money: 'money',
};

function presentField(object: ObjectModel, field: FieldModel) {
  const { name: _name, label, help, ...settings } = field.definition;
  const key = `object.${object.name}`;
  return {
    name: field.name,
    custom: field.custom,
    type: field.type.name,
    settings,
    label: { ...shipped(`${key}.fields.${field.name}`), ...label },
    ownLabel: label ?? {},
    help: { ...shipped(`${key}.help.${field.name}`), ...help },
    ownHelp: help ?? {},
    optionLabels: Object.fromEntries(
      ((settings as { options?: readonly { value: string; label?: Record<string, string> }[] }).options ?? []).map(
        (option) => [option.value, { ...shipped(`${key}.options.${field.name}.${option.value}`), ...option.label }],
      ),
    ),
  };
}

/** The words of the catalogues, by language; those that have none are left out. */
function shipped(key: string): Record<string, string> {
  return Object.fromEntries(
    languages.flatMap((language) => (isTranslated(language, key) ? [[language, translator(language)(key)]] : [])),
  );
}

function shippedObjectLabels(name: string): Labels {
  return Object.fromEntries(
    languages.flatMap((language) =>
      isTranslated(language, `object.${name}.one`)
        ? [
            [
              language,
              {
                one: translator(language)(`object.${name}.one`),
                many: translator(language)(`object.${name}.many`),
              },
            ],
          ]
        : [],
    ),
  );
}
