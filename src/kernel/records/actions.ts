import { Compile } from 'typebox/compile';
import type { Principal } from '../access/access.ts';
import { isAllowed } from '../access/access.ts';
import type { ActionDefinition } from '../object/action.ts';
import { objectOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import type { Door, Workspace } from './door.ts';
import { openRecords } from './open.ts';
import { ruleContext, within } from './pipeline.ts';
import { inUnit } from './unit.ts';

const compiled = new WeakMap<ActionDefinition, ReturnType<typeof Compile>>();

/**
 * Runs an action on a record, everything it writes in one transaction and one change set.
 * @throws Problem `action.unknown` also when it is not offered for this record
 */
export async function runAction(
  workspace: Workspace,
  principal: Principal,
  object: string,
  id: string,
  name: string,
  input: unknown,
  changeSet?: string,
): Promise<unknown> {
  const action = workspace.actions.get(object)?.find((candidate) => candidate.name === name);
  if (!action) throw new Problem('action.unknown', { object, action: name });
  if (!isAllowed(principal, object, 'run')) throw new Problem('access.denied');
  checkInput(action, input);
  const door: Door = { workspace, principal, via: 'action', trusted: false, unit: null, changeSet };
  return inUnit(door, {}, async (inside) => {
    const records = openRecords(inside);
    const record = await records.read(object, id);
    if (!(await within(inside, objectOf(workspace.model, object), 'run', [id])).has(id))
      throw new Problem('access.denied');
    if (action.isAvailable && !action.isAvailable(record))
      throw new Problem('action.unknown', { object, action: name });
    return action.run({
      records,
      record,
      input: input as Record<string, unknown>,
      context: ruleContext(inside),
      changeSet: inside.unit.changeSet,
    });
  });
}

/** Names of the actions that are offered for a record as it is now. */
export async function offeredActions(
  workspace: Workspace,
  principal: Principal,
  object: string,
  id: string,
): Promise<string[]> {
  const door: Door = { workspace, principal, via: 'action', trusted: false, unit: null };
  const record = await openRecords(door).read(object, id);
  if (!(await within(door, objectOf(workspace.model, object), 'run', [id])).has(id)) return [];
  const actions = workspace.actions.get(object) ?? [];
  return actions.filter((action) => action.isAvailable?.(record) ?? true).map(({ name }) => name);
}

function checkInput(action: ActionDefinition, input: unknown): void {
  let check = compiled.get(action);
  if (!check) {
    check = Compile(action.input);
    compiled.set(action, check);
  }
  if (check.Check(input)) return;
  const errors = [...check.Errors(input)].slice(0, 20).map((error) => ({
    field: error.instancePath.slice(1).replaceAll('/', '.'),
    code: 'field.invalid',
    params: { reason: error.message },
  }));
  throw new Problem('request.invalid', {}, errors);
}
