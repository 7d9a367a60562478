import { defineRules } from '#kernel/object/rules.ts';
import { listedSender } from '../email/is-blocked.ts';
import { isFreeMail } from '../free-mail.ts';
import { faxGateway } from './fax-gateway.object.ts';
import { addressAt } from './gateway.ts';

export const faxGatewayRules = defineRules(faxGateway, {
  beforeSave({ after, changed, set, refuse }) {
    if (!makesAddresses(after.address)) refuse('address', 'faxGateway.address');
    if (after.numberIn === 'header' && !/^[\w-]{1,60}$/.test(after.header ?? '')) refuse('header', 'faxGateway.header');
    if (changed('senders')) {
      const senders = (after.senders ?? []).map(listedSender);
      // What anybody can write from would all pass for faxes.
      if (senders.some((one) => one === null || isFreeMail(one))) refuse('senders', 'faxGateway.senders');
      else set('senders', senders as string[]);
    }
  },
});

function makesAddresses(address: string): boolean {
  try {
    return addressAt({ address, numberForm: 'digits' }, '+37061234567') !== '';
  } catch {
    return false;
  }
}
