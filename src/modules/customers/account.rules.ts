import { defineRules } from '#kernel/object/rules.ts';
import { account } from './account.object.ts';
import { checkTaxNumber } from './tax-number.ts';

export const accountRules = defineRules(account, {
  beforeSave({ after, changed, set, refuse }) {
    // A number that was wrong before stays editable around: only what is new is judged.
    if (!after.taxNumber || !(changed('taxNumber') || changed('billingAddress'))) return;
    const check = checkTaxNumber(after.taxNumber, after.billingAddress?.country);
    if (check.ok) set('taxNumber', check.number);
    else if (changed('taxNumber'))
      refuse('taxNumber', `account.tax-number-${check.reason}`, { country: check.country });
  },
});
