import { fold, hasLegalForm, normaliseBirthDate, normaliseEmail } from './normalise.ts';
import type { Kind, MatchRecord, Role } from './record.ts';

/** A column that names the record (it is shown, never compared), or one that says nothing about who it is. */
export type ColumnRole = Role | 'recordId' | 'ignored';

export interface Column {
  readonly name: string;
  readonly role: ColumnRole;
  /** What told the role: the caller, the header, or the shape of the values. */
  readonly from: 'caller' | 'header' | 'values';
}

export interface ColumnOptions {
  /** Roles by column name, over what would be inferred. */
  readonly roles?: Readonly<Record<string, ColumnRole>>;
  /** Names of columns that must not be compared. */
  readonly exclude?: readonly string[];
}

/**
 * What each column of a file means for matching, told by its header (English, Spanish, Lithuanian and the usual
 * abbreviations), and where that is unknown by its values.
 * @param sample the first rows, a few hundred at most
 */
export function inferColumns(
  names: readonly string[],
  sample: readonly (readonly string[])[],
  options: ColumnOptions = {},
): Column[] {
  const told = names.map((name): Column => {
    if (options.exclude?.includes(name)) return { name, role: 'ignored', from: 'caller' };
    const given = options.roles && Object.hasOwn(options.roles, name) ? options.roles[name] : undefined;
    if (given !== undefined) return { name, role: given, from: 'caller' };
    return { name, role: roleOfHeader(name) ?? 'ignored', from: 'header' };
  });
  const named = told.map((column, index): Column => {
    if (column.from === 'caller' || column.role !== 'ignored' || isMeaningless(column.name)) return column;
    const role = roleOfValues(sample.map((row) => row[index] ?? ''));
    return role === undefined ? column : { ...column, role, from: 'values' };
  });
  return settleTogether(named, sample);
}

/** Whether a file lists people or companies. A file with both kinds of columns lists people and their employers. */
export function kindOf(columns: readonly Column[]): Kind {
  const has = (role: Role) => columns.some((column) => column.role === role);
  const isAboutPeople = ['givenName', 'familyName', 'fullName', 'birthDate', 'birthYear', 'nationalId'] as const;
  return !isAboutPeople.some(has) && has('company') ? 'company' : 'person';
}

/** A row as a record; several columns of one role become several values. */
export function recordOf(key: string, columns: readonly Column[], row: readonly string[], kind: Kind): MatchRecord {
  const values: Partial<Record<Role, string[]>> = {};
  columns.forEach(({ role }, index) => {
    const value = row[index];
    if (role === 'recordId' || role === 'ignored' || value === undefined || value.trim() === '') return;
    const already = values[role];
    if (already === undefined) values[role] = [value];
    else if (already.length < MOST_VALUES) already.push(value);
  });
  return { key, kind, ...values };
}

const MOST_VALUES = 6;

/**
 * Headers without spaces, case and accents; the first rule that fits decides. Words that only place a column
 * ("Mailing", "Billing", "Home") are taken off before.
 */
const HEADERS: readonly (readonly [Role | 'ignored', RegExp])[] = [
  [
    'ignored',
    /(status|bounced|optout|optedout|owner|created|modified|source|quality|type|fax|pager|assistant|referred)/,
  ],
  [
    'nationalId',
    /^(socsec(id|no|number)?|socialsecurity(no|number)?|ssn|nationalid.*|nationalidentit.*|personal(id|code|number)|asmenskodas|dni|nie|dninie|pesel|passport(no|number)?|pasaporte|id(card|document)(no|number)?)$/,
  ],
  [
    'taxNumber',
    /^(tax(id|no|number|code)|vat(id|no|number|code|reg.*)?|pvm(moketojo)?kodas|imoneskodas|cif|nif|cifnif|nifcif|(company|registration|business)(code|regno|registrationnumber|number)|registrationno|duns(number)?)$/,
  ],
  ['birthYear', /^(by|yob|birthyear|yearofbirth|dobyear|gimimometai|anonacimiento)$/],
  ['birthMonth', /^(bm|mob|birthmonth|monthofbirth|dobmonth|gimimomenuo|mesnacimiento)$/],
  ['birthDay', /^(bd|birthday(ofmonth)|dayofbirth|dobday|gimimodiena|dianacimiento)$/],
  [
    'birthDate',
    /^(dob|dateofbirth|birth(day|date|dt)|bday|born|fecha(de)?nacimiento|fnacimiento|gimimodata|gimtadienis|geburtsdatum)$/,
  ],
  [
    'email',
    /^(primary|secondary|contact|supplied)?(e?mail|correo(electronico)?|elpastas)(addr(ess)?|value)?$|^email(addr(ess)?)?(primary|value)?$/,
  ],
  [
    'phone',
    /^(primary|contact|supplied)?(tele)?(phone|fono|fonas|fonasnr)(no|nr|number|value)?$|^tel(no|nr|number|ef)?$|^(mobile|mobil|cell|movil|celular|mobilus|mob)(tele)?(phone|fono|fonas)?(no|nr|number)?$/,
  ],
  [
    'website',
    /^(company)?(website|web|webpage|homepage|(company)?domain(name)?|sitioweb|paginaweb|svetaine|interneto?svetaine|url)(url|address)?$/,
  ],
  ['postcode', /^(post(al)?(code)?|zip(code)?|zippostalcode|plz|pcode|codigopostal|cp|pastokodas|postalzip.*)$/],
  ['houseNumber', /^((street|house|building)(no|nr|num|number)|hausnummer|namo(nr|numeris)|numerodecalle)$/],
  [
    'city',
    /^(city|town|suburb|locality|village|municipality|ciudad|poblacion|localidad|municipio|miestas|gyvenviete|ort|stadt|citytown)$/,
  ],
  [
    'region',
    /^(state|province|region|county|stateregion|stateprovince|statecode|provincia|comunidad(autonoma)?|apskritis|rajonas|savivaldybe)$/,
  ],
  ['country', /^(country|countryregion|countrycode|countryname|pais|salis|land)$/],
  [
    'street',
    /^(street(name)?|(street)?addr(ess)?(line)?|streetline|calle|direccion|domicilio|adresas|gatve|strasse|road)$/,
  ],
  ['middleName', /^(middle(name|initial)?|mname|secondname|additionalname|segundonombre|antrasvardas|fnamec2)$/],
  [
    'givenName',
    /^(given(name)?|first(name)?|fname(c1)?|forename|christianname|nombre|nombredepila|vardas|vorname|prenom)$/,
  ],
  [
    'familyName',
    /^(sur(name)?|family(name)?|last(name)?|lname(c[12])?|apellidos?|(primer|segundo)apellido|pavarde|nachname)$/,
  ],
  [
    'fullName',
    /^(full|contact|person|display|customer|client|complete)?name$|^(nombrecompleto|nombreyapellidos|vardas(ir)?pavarde|fileas|contact|person)$/,
  ],
  [
    'company',
    /^(company|account|organi[sz]ation|org|business|employer|firm|supplier|vendor)(name)?$|^(associatedcompany|companyoraccount|suppliedcompany|empresa|razonsocial|nombreempresa|imone|imonespavadinimas|bendrove|pavadinimas|firma|organizacija|darboviete|legalname|tradename)$/,
  ],
];
const PLACING_WORDS = new Set(
  'mailing billing shipping home business work other primary alternate current residential'.split(' '),
);

/** The record's own number, or a label of which rows are the same: both would tell the answer instead of finding it. */
const RECORD_ID =
  /^(id|pk|key|no|nr|row|index|uu?id|guid|uniqueid|rec(ord)?(no|nr|num|number)?|customer(no|number|code)|(account|customer|member)number|cluster|entity|ent|identity|label|truth|group|duplicate|dup|match)(id|no|number)?$|id$/;

function roleOfHeader(name: string): ColumnRole | undefined {
  const all = headerWords(name);
  const placed = all.filter((word) => !PLACING_WORDS.has(word));
  const kept = placed.length > 0 ? placed : all;
  const compact = kept.join('');
  // "address_1", "E-mail 2 Address", "phone3": the count of a repeated column.
  const uncounted = kept
    .filter((word) => !/^\d$/.test(word))
    .join('')
    .replace(/\d$/, '');
  for (const text of new Set([compact, uncounted])) {
    const role = HEADERS.find(([, rule]) => rule.test(text))?.[0];
    if (role !== undefined) return role;
  }
  return RECORD_ID.test(compact) ? 'recordId' : undefined;
}

/** "GivenName", "given_name" and "Given name (Latin)" → given, name. Custom-field marks ("__c") go. */
function headerWords(name: string): string[] {
  const spaced = name
    .slice(0, 80)
    .replace(/__c$/i, '')
    .replace(/\([^)]*\)/g, ' ')
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
  const folded = fold(spaced);
  return folded === '' ? [] : folded.split(' ');
}

function isMeaningless(name: string): boolean {
  return HEADERS[0]![1].test(headerWords(name).join(''));
}

/** Only shapes that nothing else has: a column guessed wrongly does more harm than one left out. */
function roleOfValues(values: readonly string[]): ColumnRole | undefined {
  const filled = values.map((value) => value.slice(0, 200).trim()).filter((value) => value !== '');
  if (filled.length < 3) return undefined;
  const share = (test: (value: string) => boolean) => filled.filter(test).length / filled.length;
  if (share((value) => normaliseEmail(value) !== undefined && /\.[a-z]{2,}$/i.test(value)) >= 0.7) return 'email';
  if (share((value) => /^(https?:\/\/|www\.)\S+$/i.test(value)) >= 0.7) return 'website';
  if (
    share((value) => /^\+?[\d\s().x/-]{9,24}$/.test(value) && /^\+|[\s()-]|\..*\./.test(value) && !isDate(value)) >= 0.7
  ) {
    return 'phone';
  }
  if (share(isDate) >= 0.8 && isOfBirths(filled)) return 'birthDate';
  if (share((value) => hasLegalForm(value) && /\p{L}{3}/u.test(value)) >= 0.4) return 'company';
  if (new Set(filled).size === filled.length && filled.length >= 20 && share((value) => ID_VALUE.test(value)) >= 0.9) {
    return 'recordId';
  }
  return undefined;
}

const ID_VALUE = /^([a-z]{0,5}-?\d{1,19}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22})$/i;

function isDate(value: string): boolean {
  return /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$/.test(value) && normaliseBirthDate(value) !== undefined;
}

/** Births lie decades back; dates of orders and visits do not. */
function isOfBirths(values: readonly string[]): boolean {
  const years = values.map((value) => Number(normaliseBirthDate(value)?.slice(0, 4) ?? 0)).sort((a, b) => a - b);
  const middle = years[years.length >> 1]!;
  return middle > 1900 && middle <= new Date().getFullYear() - 18 && years.at(-1)! - years[0]! >= 15;
}

/**
 * Roles that depend on the other columns. "Name" is the company where the file tells of companies and the person where it tells of people; beside a first or
 * last name it repeats them.
 */
function settleTogether(columns: readonly Column[], sample: readonly (readonly string[])[]): Column[] {
  const has = (...roles: Role[]) => columns.some((column) => roles.includes(column.role as Role));
  const isSplit = has('givenName', 'familyName');
  const isPersonal = has('birthDate', 'birthYear', 'nationalId', 'company');
  return columns.map((column, index) => {
    // "Birth Day" is a whole date, unless year and month stand beside it.
    if (column.role === 'birthDate' && has('birthMonth')) return { ...column, role: 'birthDay' as const };
    if (column.role !== 'fullName' || column.from === 'caller') return column;
    if (isSplit) return { ...column, role: 'ignored' as const };
    if (isPersonal || !/^(customer|client)?name$/.test(headerWords(column.name).join(''))) return column;
    const names = sample.map((row) => row[index] ?? '').filter((value) => value.trim() !== '');
    const legal = names.filter(hasLegalForm).length / Math.max(1, names.length);
    return has('website', 'taxNumber') || legal >= 0.2 ? { ...column, role: 'company' as const } : column;
  });
}
