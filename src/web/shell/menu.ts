import { isInMenu } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import type { MenuOrder } from '../preferences.ts';

/** Whether the reader works with visits at all. */
export function canVisit(definitions: { get(object: string): Definition | undefined }): boolean {
  return definitions.get('interaction') !== undefined && definitions.get('account') !== undefined;
}

export interface Menu {
  shipped: Definition[];
  /** Added at run time; they stand apart until somebody orders the menu. */
  own: Definition[];
  hidden: Definition[];
}

/** Objects with a menu entry of their own, as the person arranged them. */
export function menuOf(list: readonly Definition[], { order, hidden }: MenuOrder): Menu {
  const rank = (one: Definition) => {
    const index = order.indexOf(one.name);
    return index === -1 ? order.length : index;
  };
  const all = list.filter(isInMenu).sort((a, b) => rank(a) - rank(b));
  const shown = all.filter((one) => !hidden.includes(one.name));
  const isOwn = (one: Definition) => one.custom && !order.includes(one.name);
  return {
    shipped: shown.filter((one) => !isOwn(one)),
    own: shown.filter(isOwn),
    hidden: all.filter((one) => hidden.includes(one.name)),
  };
}
