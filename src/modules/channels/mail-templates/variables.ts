import { fieldAccess, type Principal } from '#kernel/access/access.ts';
import type { FieldModel, Model } from '#kernel/object/model.ts';
import { fieldLabel } from '#kernel/transfer/labels.ts';

/** What a text may ask for: of whom it goes to, of what it is about, of whoever writes it, and of the company. */
const objects: Readonly<Record<string, string>> = {
  contact: 'contact',
  account: 'account',
  opportunity: 'opportunity',
  me: 'user',
};

/** `company.name`, `today`: of no record. */
const ofNoRecord: ReadonlySet<string> = new Set(['company.name', 'today']);

export const roots: ReadonlySet<string> = new Set([...Object.keys(objects), 'company', 'today']);

/** What no letter says. */
const unsayable: ReadonlySet<string> = new Set([
  ...['file', 'json', 'references', 'checklist', 'recurrence', 'weeklyHours', 'geo'],
]);

/** What a path leads to: the field that is said, and how the door calls it from the record of the root. */
export interface Variable {
  readonly root: string;
  readonly object: string;
  /** `account.name` of a contact, for `contact.account`. */
  readonly read: string;
  readonly field: FieldModel;
  /** From the root on: all of them have to be open to whoever asks. */
  readonly through: readonly FieldModel[];
}

export function isVariable(model: Model, path: string): boolean {
  return ofNoRecord.has(path) || variableAt(model, path) !== null;
}

/** A field of a root, or of what a reference of it points to; a reference itself says its title. */
export function variableAt(model: Model, path: string): Variable | null {
  const [root = '', first, second, ...more] = path.split('.');
  const object = Object.hasOwn(objects, root) ? model.objects.get(objects[root]!) : undefined;
  const own = first === undefined ? undefined : object?.fields.get(first);
  if (!object || !own || more.length > 0) return null;
  const target = own.target && !own.link ? model.objects.get(own.target) : undefined;
  if (second === undefined && !own.target)
    return isSayable(own) ? { root, object: object.name, read: own.name, field: own, through: [own] } : null;
  const behind = second === undefined ? target?.title : target?.fields.get(second);
  // Two steps are enough for a letter.
  if (!behind || behind.target || !isSayable(behind)) return null;
  return { root, object: object.name, read: `${own.name}.${behind.name}`, field: behind, through: [own, behind] };
}

/** All that somebody may use, with what to call it, for a menu. */
export function variablesFor(
  model: Model,
  principal: Principal,
  words: (key: string) => string,
): { path: string; group: string; label: string }[] {
  const { language } = principal;
  const isOpen = (field: FieldModel) => fieldAccess(principal, field.object, field.name) !== 'hidden';
  const all = Object.entries(objects).flatMap(([root, name]) =>
    [...(model.objects.get(name)?.fields.values() ?? [])].flatMap((field) => {
      if ((field.system && field.name !== 'owner') || !isOpen(field) || (root === 'me' && !ofMe.has(field.name)))
        return [];
      const path = `${root}.${field.name}`;
      const group = words(`mailTemplate.root.${root}`);
      const own = variableAt(model, path) ? [{ path, group, label: fieldLabel(field, language) }] : [];
      const behind = root === 'me' ? [] : (shortOf[field.target ?? ''] ?? []);
      const more = behind.flatMap((inner) => {
        const variable = variableAt(model, `${path}.${inner}`);
        return variable && isOpen(variable.field)
          ? [
              {
                path: `${path}.${inner}`,
                group,
                label: `${fieldLabel(field, language)}: ${fieldLabel(variable.field, language)}`,
              },
            ]
          : [];
      });
      return [...own, ...more];
    }),
  );
  const others = [...ofNoRecord].map((path) => {
    return {
      path,
      group: words('mailTemplate.root.company'),
      label: words(`mailTemplate.variable.${path.replace('.', '-')}`),
    };
  });
  return [...all, ...others];
}

/** What the menu offers of oneself and of whom references point to; more can be typed. */
const ofMe: ReadonlySet<string> = new Set(['name', 'email', 'title', 'phone']);
const shortOf: Readonly<Record<string, readonly string[]>> = {
  user: ['name', 'email', 'title', 'phone'],
  account: ['name'],
};

function isSayable(field: FieldModel): boolean {
  return !unsayable.has(field.behaviour.name) && !(field.object === 'user' && !ofMe.has(field.name) && !field.custom);
}
