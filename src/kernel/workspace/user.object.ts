import { defineObject } from '../object/definition.ts';

/**
 * A person who works in this workspace. How they sign in lives with the platform's identities; this is who owns, writes
 * and is mentioned.
 */
export const user = defineObject({
  name: 'user',
  plural: 'users',
  title: 'name',
  icon: 'user',
  decidesRights: true,
  fields: {
    name: { type: 'text', required: true, search: 'prefix', index: true, personal: true },
    email: { type: 'email', required: true, unique: true, search: true, personal: true },
    title: { type: 'text', maxLength: 120 },
    phone: { type: 'phone', personal: true },
    language: {
      type: 'select',
      required: true,
      default: 'en',
      options: [{ value: 'en' }, { value: 'es' }, { value: 'lt' }],
    },
    timeZone: { type: 'text', required: true, default: 'Europe/Vilnius', maxLength: 64 },
    roles: { type: 'references', to: 'role' },
    teams: { type: 'references', to: 'team' },
    /** Whom the person reports to. */
    manager: { type: 'reference', to: 'user', index: true, acyclic: true, onDelete: 'clear' },
    avatar: { type: 'file', personal: true },
    active: { type: 'boolean', required: true, default: true },
    preferences: { type: 'json', history: false },
  },
  views: {
    active: {
      type: 'list',
      columns: ['name', 'title', 'email', 'phone', 'language'],
      filter: { active: true },
      sort: ['name'],
    },
    all: { type: 'list', columns: ['name', 'title', 'email', 'active'], sort: ['name'] },
  },
  quickCreate: ['name', 'email', 'language', 'timeZone'],
});
