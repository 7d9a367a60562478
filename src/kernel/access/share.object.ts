import { defineObject } from '../object/definition.ts';

/**
 * A record shared with a person or a team whose roles would not show it to them, to read or to change, for good or until a
 * day: a colleague's help with one sale, and the team that looks after an account.
 */
export const share = defineObject({
  name: 'share',
  plural: 'shares',
  title: 'purpose',
  icon: 'share',
  detailOf: '*',
  decidesRights: true,
  target: { object: 'targetObject', id: 'targetId' },
  fields: {
    targetObject: { type: 'text', required: true, maxLength: 63 },
    targetId: { type: 'text', required: true, maxLength: 36 },
    user: { type: 'user' },
    team: { type: 'reference', to: 'team' },
    level: {
      type: 'select',
      required: true,
      default: 'read',
      options: [
        { value: 'read', color: 'gray' },
        { value: 'write', color: 'blue' },
      ],
    },
    /** The part that they take: technical advice, deliveries. */
    purpose: { type: 'text', maxLength: 120 },
    /** The last day. */
    until: { type: 'date' },
  },
  // With whom something is shared is asked with every list that they open.
  indexes: {
    toUser: ['user', 'targetObject', 'targetId'],
    toTeam: ['team', 'targetObject', 'targetId'],
    ofRecord: ['targetObject', 'targetId'],
  },
  unique: { onceToUser: ['targetObject', 'targetId', 'user'], onceToTeam: ['targetObject', 'targetId', 'team'] },
  views: { all: { type: 'list', columns: ['targetObject', 'user', 'team', 'level', 'purpose', 'until'] } },
  quickCreate: ['user', 'team', 'level', 'purpose', 'until'],
});
