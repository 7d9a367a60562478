import type { RecordOf } from '#kernel/object/definition.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { normalAddress } from '../identify.ts';
import { faxGateway } from './fax-gateway.object.ts';
import type { FaxGateway } from './gateway.ts';

/** A company has a handful. */
const MOST = 100;

/** The gateways of a company, or some of them. @param country of numbers without a calling code */
export async function readGateways(
  records: Records,
  country: string,
  filter?: Filter,
): Promise<(FaxGateway & { readonly name: string; readonly mailbox: string })[]> {
  const { items } = await records.list(faxGateway, { ...(filter ? { filter } : {}), sort: ['name'], limit: MOST });
  return items.map((one) => ({ ...gatewayOf(one, country), name: one.name, mailbox: one.mailbox }));
}

function gatewayOf(one: RecordOf<typeof faxGateway>, country: string): FaxGateway {
  return {
    ...{ id: one.id, number: normalAddress(one.number) ?? one.number, address: one.address, country },
    ...{ numberForm: one.numberForm, subject: one.subject ?? '', firstLine: one.firstLine ?? '' },
    ...{ senders: new Set(one.senders ?? []), numberIn: one.numberIn, numberAfter: one.numberAfter ?? '' },
    ...{ header: one.header ?? '', delivered: one.delivered ?? [], failed: one.failed ?? [] },
  };
}
