import type { FieldDefinition } from '../fields/registry.ts';
import type { ObjectDefinition } from './definition.ts';

/** What an administrator added to and changed in the shipped definitions, as plain JSON. */
export interface Overlay {
  /** Objects added at run time, by name. */
  readonly objects: Readonly<Record<string, ObjectDefinition>>;
  /** Fields added to shipped objects: object → field → definition. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, FieldDefinition>>>>;
  readonly changes: Readonly<Record<string, unknown>>;
}

export const emptyOverlay: Overlay = { objects: {}, fields: {}, changes: {} };

export function mergeOverlay(shipped: readonly ObjectDefinition[], _overlay: Overlay) {
  return { definitions: shipped, custom: new Set<string>() };
}
