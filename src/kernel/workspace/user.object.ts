import { defineObject } from '../object/definition.ts';

/** ISO 639-1: what is spoken with customers in Europe and beyond. An administrator adds what is missing. */
const spoken =
  'ar az be bg bs ca cs da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lt lv mk mt nl no pl pt ro ru sk sl sq sr sv th tr uk ur vi zh'.split(
    ' ',
  );

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
    /** In a usual week, on the clock of `timeZone`; those of the company where there are none. */
    workingHours: { type: 'weeklyHours' },
    languages: { type: 'multiSelect', options: spoken.map((value) => ({ value })) },
    skills: { type: 'tags' },
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
