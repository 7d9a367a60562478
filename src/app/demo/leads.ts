import type { DemoRecord } from './part.ts';
import type { Random } from './random.ts';
import { type Language, nextStep, opportunityName, type Product } from './texts.ts';

/** Somebody who may want to buy, and whoever here looks after them. */
export interface Interested {
  readonly language: Language;
  readonly product: Product;
  readonly account: { readonly id: string; readonly name: string };
  readonly contact: { readonly id: string; readonly name: string };
  readonly owner: string;
  /** When they were entered, in ms. */
  readonly knownSince: number;
}

const OPEN = 26;
/** Of those, the ones that nobody has taken. */
const UNASSIGNED = 5;
const DISQUALIFIED = 12;
const DAYS = 60;
const DAY_MS = 86_400_000;

/** What the last weeks brought: what is worked on, and what was nothing. */
export function leadsOf(
  { random, newId, now, atWork }: { random: Random; newId(): string; now: Date; atWork(at: number): number },
  interested: readonly Interested[],
): DemoRecord[] {
  const known = interested.filter(({ knownSince }) => knownSince < now.getTime() - 4 * DAY_MS);
  return random.sample(known, OPEN + DISQUALIFIED).map((one, index) => {
    const { language, product, account, contact } = one;
    const isOpen = index < OPEN;
    const owner = index < UNASSIGNED ? null : one.owner;
    const asked = atWork(
      Math.max(one.knownSince + DAY_MS, now.getTime() - random.between(1, index < UNASSIGNED ? 4 : DAYS) * DAY_MS),
    );
    const settled = atWork(Math.min(asked + random.between(1, 20) * DAY_MS, now.getTime() - DAY_MS));
    const month = new Date(asked).getUTCMonth() + 1;
    const subject = { product, contact: contact.name, account: account.name, month };
    const isNew = owner === null || random.chance(0.35);
    const changed = isOpen ? asked : Math.max(asked, settled);
    return {
      id: newId(),
      name: opportunityName(language, subject, random),
      contact: contact.id,
      account: account.id,
      status: isOpen ? (isNew ? 'new' : 'working') : 'disqualified',
      warmth: isOpen && !isNew ? random.pick(['hot', 'warm', 'warm', 'cold']) : null,
      source: random.pick(['website', 'website', 'event', 'referral', 'coldCall', 'phone']),
      nextStep: isOpen && !isNew ? nextStep(language, subject, random) : null,
      disqualifiedReason: isOpen ? null : random.pick(['noNeed', 'noBudget', 'notNow', 'noAnswer', 'wrongPerson']),
      settledAt: isOpen ? null : iso(changed),
      owner,
      ...{ createdAt: iso(asked), createdBy: owner, updatedAt: iso(changed), updatedBy: owner },
    };
  });
}

const iso = (at: number) => new Date(at).toISOString();
