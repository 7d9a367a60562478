import type { Kind } from './record.ts';

/**
 * How probable each result of comparing a field is (Fellegi and Sunter 1969), under three explanations of a pair:
 * `same` – one person or company recorded twice (the m-probability);
 * `stranger` – two picked at random (the u-probability);
 * `related` – two of one household or office, or two branches of one chain. The classic model knows only the first
 * two and takes twins for one person, because surname, address and phone agree.
 */
export interface Level {
  readonly name: string;
  readonly same: number;
  readonly stranger: number;
  readonly related: number;
}

export const FIELDS = [
  'givenName',
  'familyName',
  'birthDate',
  'email',
  'phone',
  'nationalId',
  'taxNumber',
  'company',
  'website',
  'street',
  'houseNumber',
  'postcode',
  'city',
  'region',
  'country',
] as const;

export type Field = (typeof FIELDS)[number];
export type FieldLevels = Readonly<Record<Field, readonly Level[]>>;
export type Weights = Readonly<Record<Kind, FieldLevels>>;

/**
 * The shares with which matching starts, before a set of records corrects them (see `estimateWeights`). They are our
 * own round assumptions, not taken from a study:
 * `same`: one typed value in ten or so carries a slip; people change address, phone and e-mail, so those differ in
 * 10–30 % of true pairs; 1 in 50 has first and last name exchanged.
 * `stranger`: Σp² of the values where it can be reckoned (a day of birth within 60 years 1/22,000, two of its three
 * parts 1/365 + 1/720 + 1/1,800), else assumed (last names .002, first names .008); identifiers and mailboxes collide
 * only by mistake.
 * `related`: a household shares last name and address, seldom first name (father and son 1 in 100) or birthday (twins
 * 1 in 70), and one in four its e-mail; branches share name, site and often tax number, but not address and phone.
 * They hold for every file alike. The labelled sets of the tests were looked at while the method grew, so the figures
 * there are no blind trial.
 */
export const DEFAULT_WEIGHTS: Weights = {
  person: {
    givenName: levels(
      ['exact', 0.77, 0.008, 0.01],
      ['variant', 0.06, 0.004, 0.01],
      ['typo', 0.07, 0.006, 0.01],
      ['swapped', 0.02, 0.0005, 0.0005],
      ['distant', 0.03, 0.03, 0.03],
      ['differ', 0.05, 0.9515, 0.94],
    ),
    familyName: levels(
      ['exact', 0.8, 0.002, 0.6],
      ['variant', 0.05, 0.0005, 0.07],
      ['typo', 0.08, 0.004, 0.01],
      ['distant', 0.02, 0.02, 0.02],
      ['differ', 0.05, 0.9735, 0.3],
    ),
    birthDate: levels(
      ['exact', 0.85, 0.00005, 0.015],
      ['typo', 0.07, 0.0008, 0.002],
      ['twoParts', 0.03, 0.004, 0.004],
      ['near', 0.02, 0.03, 0.03],
      ['differ', 0.03, 0.965, 0.95],
    ),
    email: levels(
      ['exact', 0.7, 0.00002, 0.25],
      ['shared', 0.04, 0.0005, 0.15],
      ['typo', 0.06, 0.0002, 0.01],
      ['sameLocal', 0.04, 0.0005, 0.005],
      ['differ', 0.16, 0.99878, 0.585],
    ),
    phone: levels(['exact', 0.7, 0.00005, 0.55], ['typo', 0.06, 0.0005, 0.01], ['differ', 0.24, 0.999, 0.44]),
    nationalId: levels(
      ['exact', 0.9, 0.000002, 0.00002],
      ['typo', 0.06, 0.0002, 0.001],
      ['differ', 0.04, 0.9998, 0.999],
    ),
    taxNumber: levels(['exact', 0.9, 0.00001, 0.2], ['typo', 0.05, 0.0002, 0.001], ['differ', 0.05, 0.9998, 0.8]),
    company: levels(
      ['exact', 0.6, 0.003, 0.5],
      ['variant', 0.07, 0.003, 0.04],
      ['typo', 0.06, 0.003, 0.02],
      ['distant', 0.03, 0.02, 0.02],
      ['differ', 0.24, 0.97, 0.42],
    ),
    website: levels(['exact', 0.6, 0.0005, 0.5], ['differ', 0.4, 0.9995, 0.5]),
    street: levels(['exact', 0.73, 0.002, 0.85], ['typo', 0.12, 0.003, 0.05], ['differ', 0.15, 0.995, 0.1]),
    houseNumber: levels(['exact', 0.82, 0.02, 0.88], ['differ', 0.18, 0.98, 0.12]),
    postcode: levels(['exact', 0.8, 0.003, 0.92], ['typo', 0.08, 0.03, 0.04], ['differ', 0.12, 0.967, 0.04]),
    city: levels(['exact', 0.82, 0.02, 0.92], ['typo', 0.1, 0.005, 0.04], ['differ', 0.08, 0.975, 0.04]),
    region: levels(['exact', 0.9, 0.2, 0.97], ['differ', 0.1, 0.8, 0.03]),
    country: levels(['exact', 0.97, 0.5, 0.99], ['differ', 0.03, 0.5, 0.01]),
  },
  company: {
    givenName: levels(
      ['exact', 0.6, 0.008, 0.05],
      ['variant', 0.05, 0.004, 0.01],
      ['typo', 0.05, 0.006, 0.01],
      ['swapped', 0.02, 0.0005, 0.0005],
      ['distant', 0.03, 0.03, 0.03],
      ['differ', 0.25, 0.9515, 0.9],
    ),
    familyName: levels(
      ['exact', 0.6, 0.002, 0.1],
      ['variant', 0.05, 0.0005, 0.01],
      ['typo', 0.06, 0.004, 0.01],
      ['distant', 0.02, 0.02, 0.02],
      ['differ', 0.27, 0.9735, 0.86],
    ),
    birthDate: levels(
      ['exact', 0.85, 0.00005, 0.05],
      ['typo', 0.07, 0.0008, 0.002],
      ['twoParts', 0.03, 0.004, 0.004],
      ['near', 0.02, 0.03, 0.03],
      ['differ', 0.03, 0.965, 0.914],
    ),
    email: levels(
      ['exact', 0.45, 0.00002, 0.1],
      ['shared', 0.2, 0.00005, 0.1],
      ['typo', 0.05, 0.0002, 0.02],
      ['sameLocal', 0.03, 0.02, 0.03],
      ['differ', 0.27, 0.98, 0.75],
    ),
    phone: levels(['exact', 0.65, 0.00005, 0.1], ['typo', 0.06, 0.0005, 0.05], ['differ', 0.29, 0.999, 0.85]),
    nationalId: levels(['exact', 0.9, 0.000002, 0.3], ['typo', 0.06, 0.0002, 0.01], ['differ', 0.04, 0.9998, 0.69]),
    taxNumber: levels(['exact', 0.92, 0.000002, 0.3], ['typo', 0.05, 0.0002, 0.01], ['differ', 0.03, 0.9998, 0.69]),
    company: levels(
      ['exact', 0.75, 0.0005, 0.75],
      ['variant', 0.1, 0.002, 0.12],
      ['typo', 0.08, 0.001, 0.03],
      ['distant', 0.03, 0.02, 0.05],
      ['differ', 0.04, 0.976, 0.05],
    ),
    website: levels(['exact', 0.75, 0.0001, 0.75], ['differ', 0.25, 0.9999, 0.25]),
    street: levels(['exact', 0.7, 0.002, 0.08], ['typo', 0.12, 0.003, 0.02], ['differ', 0.18, 0.995, 0.9]),
    houseNumber: levels(['exact', 0.82, 0.02, 0.1], ['differ', 0.18, 0.98, 0.9]),
    postcode: levels(['exact', 0.8, 0.003, 0.15], ['typo', 0.08, 0.03, 0.1], ['differ', 0.12, 0.967, 0.75]),
    city: levels(['exact', 0.86, 0.04, 0.3], ['typo', 0.07, 0.005, 0.02], ['differ', 0.07, 0.955, 0.68]),
    region: levels(['exact', 0.92, 0.2, 0.5], ['differ', 0.08, 0.8, 0.5]),
    country: levels(['exact', 0.98, 0.5, 0.85], ['differ', 0.02, 0.5, 0.15]),
  },
};

function levels(...rows: readonly (readonly [name: string, same: number, stranger: number, related: number])[]) {
  return rows.map(([name, same, stranger, related]): Level => ({ name, same, stranger, related }));
}
