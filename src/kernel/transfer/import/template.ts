import type { Principal } from '../../access/access.ts';
import type { Model, ObjectModel } from '../../object/model.ts';
import { writeXlsx } from '../formats/write-xlsx.ts';
import { objectLabel } from '../labels.ts';
import { FULL_NAME, targetsOf } from './targets.ts';

/**
 * An empty workbook with a column for everything that a person may fill in, in their language: what comes back filled in
 * maps itself. Required fields come first.
 */
export function importTemplate(
  model: Model,
  object: ObjectModel,
  principal: Principal,
  language: string,
): AsyncGenerator<Uint8Array> {
  const asked = targetsOf(model, object, principal, language).filter(({ name }) => {
    const [field = '', part] = name.split('.');
    const isAddress = object.fields.get(field)?.type.name === 'address';
    // One column per field, an address in its parts; second entries and other ways to name a reference are for whoever needs them.
    return name !== 'id' && name !== FULL_NAME && !name.includes('#') && isAddress === (part !== undefined);
  });
  const columns = [...asked.filter(({ required }) => required), ...asked.filter(({ required }) => !required)];
  return writeXlsx(
    columns.map(({ label }) => label),
    [],
    { sheet: objectLabel(object, language) },
  );
}
