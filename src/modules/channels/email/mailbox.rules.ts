import { defineRules } from '#kernel/object/rules.ts';
import { normalAddress } from '../identify.ts';
import { listedSender } from './is-blocked.ts';
import { mailbox } from './mailbox.object.ts';

export const mailboxRules = defineRules(mailbox, {
  beforeSave({ after, changed, set, refuse }) {
    if (changed('address')) {
      const address = addressOf(after.address);
      if (address === null) refuse('address', 'mailbox.not-an-address');
      else if (address !== after.address) set('address', address);
    }
    if (changed('aliases')) {
      const aliases = (after.aliases ?? []).map(addressOf);
      if (aliases.includes(null)) refuse('aliases', 'mailbox.not-an-address');
      else set('aliases', aliases);
    }
    if (changed('blocked')) {
      const blocked = (after.blocked ?? []).map(listedSender);
      if (blocked.includes(null)) refuse('blocked', 'mailbox.not-to-block');
      else set('blocked', blocked);
    }
  },
});

/** Of one that was taken out, too: the rules are asked before it is missed. */
function addressOf(text: string | null): string | null {
  return text?.includes('@') ? normalAddress(text) : null;
}
