import { roleRules, shareRules } from '../access/access.rules.ts';
import { role } from '../access/role.object.ts';
import { share } from '../access/share.object.ts';
import { team } from '../access/team.object.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import type { ConfiguredRecords } from '../object/module.ts';
import type { ObjectRules } from '../object/rules.ts';
import { user } from './user.object.ts';
import { userRules } from './user.rules.ts';

/** Objects that every workspace has, whatever its modules: people, and what they may do. */
export const ownObjects = [user, role, team, share] as unknown as readonly ObjectDefinition[];

export const ownRules: readonly ObjectRules[] = [userRules, roleRules, shareRules];

/** Which roles there are is part of the configuration; who works in which team is each company's own. */
export const ownConfigured: readonly ConfiguredRecords[] = [
  { object: 'team', key: ['name'], othersStay: true },
  { object: 'role', key: ['name'] },
];
