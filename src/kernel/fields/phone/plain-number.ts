import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
} from 'libphonenumber-js/min';

/** What decides about most numbers of the countries that share a calling code. */
interface Plan {
  readonly callingCode: string;
  /** Lengths that a national number may have in every one of these countries. */
  readonly lengths: readonly number[];
  /** Beginnings that the full parser takes off or rewrites, in any of these countries. */
  readonly prefixes: readonly RegExp[];
}

/** Plus or not, then digits with single blanks, dots, hyphens or brackets among them: no extension, no letters. */
const PLAIN = /^\+?\d(?:[ .()-]{0,2}\d)+$/;
const PUNCTUATION = /[ .()-]+/g;

/**
 * The number in E.164 where a calling code, a length and a beginning settle it: 0.3 µs where the full parser of
 * libphonenumber takes 5–10. Undefined means that the full parser has to say; a test compares the two.
 *
 * @param country of numbers that have no calling code; only one that shares its code with no other is decided here
 */
export function plainNumber(text: string, country: string): string | undefined {
  if (text.length < 7 || text.length > 30 || !PLAIN.test(text)) return undefined;
  const number = text.replace(PUNCTUATION, '');
  if (number.charCodeAt(0) === 43) {
    const plan = planOf(number);
    return plan && isPossible(plan, number.slice(plan.callingCode.length + 1)) ? number : undefined;
  }
  const home = homeOf(country);
  // Whoever leaves the plus away, or dials abroad, is understood by the full parser.
  if (!home || number.startsWith('00') || number.startsWith(home.plan.callingCode) || home.abroad.test(number))
    return undefined;
  return isPossible(home.plan, number) ? `+${home.plan.callingCode}${number}` : undefined;
}

function isPossible({ lengths, prefixes }: Plan, national: string): boolean {
  return lengths.includes(national.length) && !prefixes.some((prefix) => prefix.test(national));
}

/** The parts of a numbering plan that its type leaves out. */
interface NumberingPlan {
  possibleLengths(): number[];
  nationalPrefixForParsing(): string | undefined;
  IDDPrefix(): string;
}

function numberingPlan(country: CountryCode): NumberingPlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as unknown as NumberingPlan;
}

let plans: Map<string, Plan> | undefined;

/** The plan of an international number; no calling code is the beginning of another. */
function planOf(number: string): Plan | undefined {
  plans ??= allPlans();
  return plans.get(number.slice(1, 2)) ?? plans.get(number.slice(1, 3)) ?? plans.get(number.slice(1, 4));
}

function allPlans(): Map<string, Plan> {
  const byCode = Map.groupBy(getCountries(), (country) => getCountryCallingCode(country));
  return new Map(
    [...byCode].map(([callingCode, countries]) => {
      const all = countries.map(numberingPlan);
      const lengths = all.map((plan) => plan.possibleLengths());
      const prefixes = new Set(all.flatMap((plan) => plan.nationalPrefixForParsing() ?? []));
      const plan: Plan = {
        callingCode,
        lengths: lengths[0]!.filter((length) => lengths.every((some) => some.includes(length))),
        prefixes: [...prefixes].map(atStart),
      };
      return [callingCode, plan];
    }),
  );
}

const homes = new Map<string, { plan: Plan; abroad: RegExp } | null>();

function homeOf(country: string): { plan: Plan; abroad: RegExp } | null {
  let home = homes.get(country);
  if (home === undefined) {
    home = isSupportedCountry(country) ? readHome(country) : null;
    homes.set(country, home);
  }
  return home;
}

function readHome(country: CountryCode): { plan: Plan; abroad: RegExp } | null {
  plans ??= allPlans();
  const callingCode = getCountryCallingCode(country);
  const isShared = getCountries().filter((other) => getCountryCallingCode(other) === callingCode).length > 1;
  return isShared ? null : { plan: plans.get(callingCode)!, abroad: atStart(numberingPlan(country).IDDPrefix()) };
}

function atStart(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})`);
}
