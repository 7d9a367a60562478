import { defineReader } from '#kernel/object/module.ts';
import { contact } from '#modules/customers/index.ts';
import { certainOne, contactWith, suggest } from './candidates.ts';
import { decideAddress } from './decide-address.ts';
import { valuesOf } from './identify.ts';
import { knownAddress } from './known-address.object.ts';

const MOST = 500;

/**
 * What is certain needs nobody's decision: an unknown address whose signature names one contact, and one that a contact was
 * given since.
 */
export const identityReader = defineReader({
  name: 'channels.identity',
  objects: ['knownAddress', 'contact'],
  operations: ['create', 'update'],
  canWait: true,
  async run(events, { records, door }) {
    const ids = (object: string) => [
      ...new Set(events.filter((one) => one.object === object).map((one) => one.record)),
    ];
    const fields = ['address', 'name', 'signature', 'verdict'] as const;
    const open = { verdict: 'open' };
    for (const id of ids('knownAddress')) {
      const one = await records.find(knownAddress, { id, ...open }, { fields });
      const certain = one && certainOne(await suggest(records, one, door.workspace.settings.country));
      if (certain) await decideAddress(records, id, { verdict: 'contact', contact: certain.id });
    }
    const changed = events.filter(
      ({ object, changes }) => object === 'contact' && (!changes || 'emails' in changes || 'phones' in changes),
    );
    const people = [...new Set(changed.map(({ record }) => record))];
    for (let at = 0; at < people.length; at += MOST) {
      const filter = { id: { in: people.slice(at, at + MOST) } };
      const { items } = await records.list(contact, { filter, fields: ['emails', 'phones'], limit: MOST });
      const addresses = items.flatMap(({ emails, phones }) => [
        ...valuesOf(emails).map((value) => value.toLowerCase()),
        ...valuesOf(phones).map((value) => value.split('x')[0]!),
      ]);
      if (addresses.length === 0) continue;
      for (let from = 0; from < addresses.length; from += MOST) {
        const waiting = { address: { in: addresses.slice(from, from + MOST) }, ...open };
        for (const one of (await records.list(knownAddress, { filter: waiting, fields: ['address'], limit: MOST }))
          .items) {
          const owner = await contactWith(records, one.address);
          if (owner) await decideAddress(records, one.id, { verdict: 'contact', contact: owner });
        }
      }
    }
  },
});
