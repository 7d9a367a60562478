import { languages, translator } from '../i18n/translate.ts';
import type { FieldModel, ObjectModel } from '../object/model.ts';

/** Words of definitions, as people see them in a mapping and at the head of an export. */

export function fieldLabel(field: FieldModel, language: string): string {
  const own = field.definition.label?.[language];
  if (own !== undefined) return own;
  return (
    said(`object.${field.object}.fields.${field.name}`, language) ?? said(`field.${field.name}`, language) ?? field.name
  );
}

export function objectLabel(object: ObjectModel, language: string): string {
  return (
    object.definition.label?.[language]?.many ??
    said(`object.${object.name}.many`, language) ??
    object.definition.plural
  );
}

/** The labels in every language, each once. */
export function allLabels(field: FieldModel): string[] {
  const own = Object.values(field.definition.label ?? {});
  return [...new Set([...own, ...languages.map((language) => fieldLabel(field, language))])];
}

export function partLabel(part: string, language: string): string {
  return said(`transfer.part.${part}`, language) ?? part;
}

/** Words for a target as `import/targets.ts` writes it: `phones#2:mobile` → `Phones 2 (mobile)`. */
export function targetLabel(object: ObjectModel, target: string, language: string): string {
  const [, name = target, index, part, label] = /^(\w+)(?:#(\d+))?(?:\.(\w+))?(?::(.+))?$/u.exec(target) ?? [];
  const field = object.fields.get(name);
  const words = field ? fieldLabel(field, language) : partLabel(name, language);
  return `${words}${index && (index !== '1' || part) ? ` ${index}` : ''}${part ? `: ${partLabel(part, language)}` : ''}${label ? ` (${label})` : ''}`;
}

type Option = { value: string; label?: Readonly<Record<string, string>> };

/**
 * The field with the labels of its options in all languages: shipped options have theirs in the catalogues, where the
 * field's type cannot look them up.
 */
export function withOptionLabels(field: FieldModel): FieldModel['definition'] {
  const { options } = field.definition as { options?: readonly Option[] };
  if (!Array.isArray(options)) return field.definition;
  const labelled = options.map((option: Option) => ({
    ...option,
    label: {
      ...Object.fromEntries(
        languages.flatMap((language) => {
          const label = said(`object.${field.object}.options.${field.name}.${option.value}`, language);
          return label === undefined ? [] : [[language, label]];
        }),
      ),
      ...option.label,
    },
  }));
  return { ...field.definition, options: labelled } as FieldModel['definition'];
}

function said(key: string, language: string): string | undefined {
  const text = translator(language)(key);
  return text === key ? undefined : text;
}
