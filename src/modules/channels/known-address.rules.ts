import { defineRules } from '#kernel/object/rules.ts';
import { normalAddress } from './identify.ts';
import { knownAddress } from './known-address.object.ts';

export const knownAddressRules = defineRules(knownAddress, {
  beforeSave({ after, changed, set, refuse }) {
    if (changed('address')) {
      const address = normalAddress(after.address);
      if (address === null) refuse('address', 'knownAddress.not-an-address');
      else if (address !== after.address) set('address', address);
    }
    const { verdict } = after;
    for (const kind of ['contact', 'account'] as const) {
      if (verdict === kind && !after[kind]) refuse(kind, 'field.required');
      if (verdict !== kind && after[kind] !== null) set(kind, null);
    }
  },
});
