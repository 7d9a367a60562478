/**
 * Brings what people type to a form that can be compared: small letters without accents, no titles, no legal forms,
 * one spelling per phone, e-mail and date. Every function takes hostile text: it never throws and reads at most
 * {@link LONGEST_VALUE} characters, so the cost of one value is bounded.
 */

/** Characters of one value that are read: names and addresses are shorter, and comparing costs length². */
export const LONGEST_VALUE = 120;

/** Small letters and digits without accents, other characters as single spaces. */
export function fold(text: string): string {
  const cut = text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE) : text;
  const lower = cut.toLowerCase();
  const plain = ASCII.test(lower)
    ? lower
    : lower
        .normalize('NFKD')
        .slice(0, LONGEST_VALUE)
        .replace(COMBINING_MARKS, '')
        .replace(LETTERS_WITHOUT_DECOMPOSITION, (letter) => PLAIN_LETTERS[letter] ?? letter);
  return plain.replace(APOSTROPHES, '').replace(NOT_WORD, ' ').trim();
}

export function words(text: string): string[] {
  const folded = fold(text);
  return folded === '' ? [] : folded.split(' ');
}

/** Words of a first or last name without titles, suffixes and particles ("Dr. María de la Peña" → maria, pena). */
export function nameWords(text: string): string[] {
  const all = words(text).filter((word) => !/^\d+$/.test(word));
  const kept = all.filter((word) => !TITLES.has(word) && !PARTICLES.has(word));
  return kept.length > 0 ? kept : all;
}

/**
 * Splits a whole name. "Family, Given" is told by the comma; otherwise the last word is the family name, and of
 * three or more the second half (Spanish double surnames), which the comparison accepts when the other record shows
 * only one of them.
 */
export function splitFullName(text: string): { given: string[]; family: string[] } {
  const comma = text.indexOf(',');
  if (comma > 0) {
    const after = nameWords(text.slice(comma + 1));
    if (after.length > 0 && !TITLES.has(after[0]!)) return { given: after, family: nameWords(text.slice(0, comma)) };
  }
  const all = nameWords(text);
  const given = Math.max(1, Math.floor(all.length / 2));
  return { given: all.slice(0, given), family: all.slice(given) };
}

/** Whether two first names are forms of one name: Bill and William, Pepe and José. */
export function isNickname(a: string, b: string): boolean {
  const ofA = NICKNAME_GROUPS.get(a);
  return ofA?.some((group) => NICKNAME_GROUPS.get(b)?.includes(group)) ?? false;
}

/**
 * The part of a Lithuanian surname that father, wife and daughter share: Kazlauskas, Kazlauskienė and Kazlauskaitė →
 * kazlausk; Stankevičius, Stankevičienė, Stankevičiūtė → stankevic. Takes folded text.
 */
export function familyStem(name: string): string {
  const feminine = name.replace(FEMININE_ENDING, '');
  if (feminine !== name && feminine.length >= 3) return feminine;
  const masculine = name.replace(MASCULINE_ENDING, '');
  return masculine.length >= 3 ? masculine : name;
}

/** Same Lithuanian family: equal stems, at least one with an ending that only a Lithuanian woman's surname has. */
export function isSameLithuanianFamily(a: string, b: string): boolean {
  if (!a.endsWith('e') && !b.endsWith('e')) return false;
  return (FEMININE_ENDING.test(a) || FEMININE_ENDING.test(b)) && familyStem(a) === familyStem(b);
}

/** Words of a company's name without its legal form: 'UAB "Baltų prekyba"' → baltu, prekyba. */
export function companyWords(text: string): string[] {
  const dotted = text.slice(0, LONGEST_VALUE).replace(/(?<=\p{L})\.(?=\p{L})|\.$/gu, '');
  const all = words(dotted.replaceAll('&', ' '));
  const kept = all.filter((word) => !LEGAL_FORMS.has(word));
  return kept.length > 0 ? kept : all;
}

export function hasLegalForm(text: string): boolean {
  return words(text.replace(/(?<=\p{L})\.(?=\p{L})|\.$/gu, '')).some((word) => LEGAL_FORMS.has(word));
}

/** The mailbox that receives: no plus tag, and no dots where the provider ignores them. Undefined without an @. */
export function normaliseEmail(text: string): string | undefined {
  const email = text
    .slice(0, LONGEST_VALUE)
    .replace(/^\s*mailto:/i, '')
    .replace(/\s+/g, '')
    .toLowerCase();
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1) return undefined;
  const domain = email.slice(at + 1) === 'googlemail.com' ? 'gmail.com' : email.slice(at + 1);
  const plus = email.indexOf('+');
  const local = plus > 0 && plus < at ? email.slice(0, plus) : email.slice(0, at);
  return `${domain === 'gmail.com' ? local.replaceAll('.', '') : local}@${domain}`;
}

/** An address that a team reads (info@, ventas@): equal ones say "same office", not "same person". */
export function isSharedMailbox(email: string): boolean {
  return SHARED_MAILBOXES.has(email.slice(0, email.lastIndexOf('@')).replace(/[^a-z]/g, ''));
}

function isFreeMailDomain(domain: string): boolean {
  return FREE_MAIL.has(domain) || /^(yahoo|hotmail|outlook|live|gmx)\.[a-z.]+$/.test(domain);
}

/**
 * The last eight digits: what is left when people write +370, 00370, 8 or nothing before the same number (Lithuanian
 * numbers have eight; of Spanish nine only the first, which tells mobile from fixed, goes).
 * An extension ("x72946", "ext. 3") is cut. Undefined under six digits.
 */
export function normalisePhone(text: string): string | undefined {
  const digits = text
    .slice(0, LONGEST_VALUE)
    .replace(/\s*(?:x|ext\.?|vid\.?)\s*\d+\s*$/i, '')
    .replace(/\D/g, '');
  if (digits.length < 6 || /^(\d)\1*$/.test(digits)) return undefined;
  return digits.slice(-8);
}

/** A number that authorities gave (tax, company, person): letters and digits; a leading country code goes. */
export function normaliseIdentifier(text: string): string | undefined {
  const bare = fold(text).replaceAll(' ', '');
  const code = /^[a-z]{2}(?=\d{7,}$)/.test(bare) ? bare.slice(2) : bare;
  if (code.length < 5 || /^(.)\1*$/.test(code)) return undefined;
  return code;
}

/**
 * A date of birth as YYYYMMDD with 00 for unknown parts. Reads 1985-07-05, 19850705, 5.7.1985, 05/07/85 (the day
 * first unless that is no date; the comparison forgives exchanged day and month). Parts are not checked against the
 * calendar: "1972-95-18" is still the mistyped 1972-05-18.
 */
export function normaliseBirthDate(text: string): string | undefined {
  const parts = text.slice(0, LONGEST_VALUE).match(/\d+/g) ?? [];
  const first = parts[0] ?? '';
  if (/^\d{8}$/.test(first))
    return /^(18|19|20)/.test(first) ? first : birthDate(first.slice(4), first.slice(2, 4), first.slice(0, 2));
  if (/^\d{8,}$/.test(first)) return undefined;
  if (parts.length === 1) return /^\d{4}$/.test(first) ? birthDate(first, '', '') : undefined;
  if (first.length === 4) return birthDate(first, parts[1] ?? '', parts[2] ?? '');
  const [one = '', two = '', year = ''] = parts;
  if (year === '' || one.length > 2 || two.length > 2) return undefined;
  return Number(two) > 12 ? birthDate(year, one, two) : birthDate(year, two, one);
}

export function birthDate(year: string, month: string, day: string): string | undefined {
  const digits = [year, month, day].map((part) => part.replace(/\D/g, ''));
  const [y = '', m = '', d = ''] = digits;
  if (y === '' && (m === '' || d === '')) return undefined;
  if (y.length > 4 || m.length > 2 || d.length > 2) return undefined;
  // Two digits: nobody's birthday is in the future, so 85 is 1985 and 05 is 2005 (until 2030 at least).
  const fullYear = y.length === 2 ? (Number(y) > 30 ? `19${y}` : `20${y}`) : y.padStart(4, '0');
  return fullYear + m.padStart(2, '0') + d.padStart(2, '0');
}

/** Words of a street line in one spelling: "Gedimino prospektas" and "Gedimino pr." → gedimino pr. */
export function streetWords(text: string): string[] {
  return words(text).map((word) => STREET_WORDS[word] ?? word);
}

export function normalisePostcode(text: string): string | undefined {
  const bare = fold(text).replaceAll(' ', '');
  return bare === '' ? undefined : bare.replace(/^(?:lt|es)(?=\d)/, '');
}

/** The domain that a company owns: "https://www.Baltu-prekyba.lt/lt" → baltu-prekyba.lt; nothing for free mail. */
export function ownDomain(urlOrEmail: string): string | undefined {
  const host = urlOrEmail
    .slice(0, LONGEST_VALUE)
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/[/?#:].*$/s, '')
    .replace(/^www\./, '');
  return /^[^\s.]+(\.[^\s.]+)+$/.test(host) && !isFreeMailDomain(host) ? host : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is "all of ASCII", control characters included
const ASCII = /^[\x00-\x7f]*$/;
const COMBINING_MARKS = /\p{M}+/gu;
const APOSTROPHES = /['’`´]/g;
const NOT_WORD = /[^\p{L}\p{N}]+/gu;
const LETTERS_WITHOUT_DECOMPOSITION = /[łøđßæœþðıħ]/g;
const PLAIN_LETTERS: Record<string, string> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ð: 'd',
  ı: 'i',
  ħ: 'h',
};

const FEMININE_ENDING = /(?:i?uviene|iene|aite|yte|iute|ute)$/;
const MASCULINE_ENDING = /(?:ius|as|is|ys|us)$/;

const TITLES = new Set(
  (
    'mr mrs ms miss dr prof sir madam jr sr ii iii iv phd md mba ing lic dna don dona sra srta senor senora senorita ' +
    'p ponas ponia panele dipl herr frau monsieur madame'
  ).split(' '),
);
const PARTICLES = new Set('de del la las los el y i van von der den di da dos das du le zu'.split(' '));

const LEGAL_FORMS = new Set(
  (
    'uab ab mb ii vsi zub tub kub kb vi sl slu sll sa sau scp sc slp slne scoop coop ltd limited llc llp lp plc inc ' +
    'incorporated corp corporation co company gmbh ag kg ohg ug se srl spa sas sarl eurl nv bv bvba oy oyj as asa aps ' +
    'sp zoo oo sia ou aktsiaselts doo dd kft zrt rt pty pvt pte ooo oao zao'
  ).split(' '),
);

const SHARED_MAILBOXES = new Set(
  (
    'info information sales office admin administration administracija administracion administrator contact contacto ' +
    'contacts hello hola labas support soporte pagalba help helpdesk service servicio team mail email post postmaster ' +
    'webmaster noreply donotreply accounting accounts billing invoices invoice facturas facturacion contabilidad ' +
    'buhalterija saskaitos finance finansai orders order pedidos uzsakymai ventas compras pardavimai marketing press ' +
    'hr jobs personalas rrhh reception recepcion rastine sekretore company'
  ).split(' '),
);

const FREE_MAIL = new Set(
  (
    'gmail.com icloud.com me.com mac.com aol.com msn.com protonmail.com proton.me pm.me zoho.com mail.com mail.ru ' +
    'yandex.ru yandex.com inbox.lt one.lt mail.lt takas.lt delfi.lt zebra.lt inbox.lv inbox.ru web.de t-online.de ' +
    'freenet.de orange.fr wanadoo.fr free.fr laposte.net wanadoo.es telefonica.net terra.es ono.com ya.com wp.pl o2.pl ' +
    'onet.pl interia.pl seznam.cz libero.it tiscali.it virgilio.it comcast.net verizon.net att.net btinternet.com ' +
    'sky.com qq.com 163.com 126.com ymail.com rocketmail.com fastmail.com tutanota.com'
  ).split(' '),
);

const STREET_WORDS: Record<string, string> = {
  street: 'st',
  str: 'st',
  avenue: 'av',
  ave: 'av',
  avn: 'av',
  road: 'rd',
  drive: 'dr',
  place: 'pl',
  crescent: 'cr',
  cres: 'cr',
  circuit: 'cct',
  court: 'ct',
  close: 'cl',
  lane: 'ln',
  boulevard: 'blvd',
  highway: 'hwy',
  square: 'sq',
  terrace: 'tce',
  gatve: 'g',
  gatves: 'g',
  g: 'g',
  gat: 'g',
  prospektas: 'pr',
  pr: 'pr',
  aleja: 'al',
  plentas: 'pl',
  skersgatvis: 'skg',
  calle: 'c',
  cl: 'c',
  c: 'c',
  avenida: 'av',
  avda: 'av',
  avd: 'av',
  plaza: 'pza',
  pza: 'pza',
  paseo: 'pso',
  pso: 'pso',
  carretera: 'ctra',
  ctra: 'ctra',
  camino: 'cno',
  strasse: 'st',
  number: 'no',
  numero: 'no',
};

// One line per name, its short forms after it. English and Spanish, a few Lithuanian.
const NICKNAMES = `
alexander alex alec sandy xander sasha|alexandra alex sandra sasha|andrew andy drew|anthony tony anton|benjamin ben benny
charles charlie chuck|catherine katherine kathryn cathy kathy kate katie cat|christopher chris topher|christine christina chris tina
daniel dan danny|david dave davy|deborah debra deb debbie|dorothy dot dottie|edward ed eddie ted ned|elizabeth liz lizzie beth betty eliza libby
frederick fred freddie|gerald gerry jerry|gregory greg|henry harry hank|isabella isabelle bella izzy|jacob jake|james jim jimmy jamie
jennifer jen jenny|jessica jess jessie|john johnny jack jon|jonathan jon jonny|joseph joe joey|joshua josh|kenneth ken kenny|lawrence larry
leonard leo len lenny|margaret maggie meg peggy marge|matthew matt|michael mike mick mickey|nicholas nick nicky|oliver ollie|pamela pam
patricia pat patty tricia trish|patrick pat paddy|peter pete|philip phillip phil|rebecca becky becca|richard rick dick rich ricky
robert bob bobby rob robbie|ronald ron ronnie|samuel sam sammy|samantha sam|stephen steven steve|susan sue susie|theodore ted teddy theo
thomas tom tommy|timothy tim|victoria vicky tori|vincent vince|william bill billy will willie liam|zachary zach zack
alberto beto|antonio tono toni antoni|carlos carlitos charly|concepcion concha conchi|consuelo chelo|dolores lola loli|eduardo edu lalo
enrique quique kike|federico fede|fernando fer nando|francisco paco pancho curro kiko fran francesc|francisca paqui paca|gregorio goyo
guadalupe lupe|guillermo guille memo|ignacio nacho inaki|isabel isa chabela|javier javi xavi xavier|jesus chus|jose pepe pepito josep|josefa pepa
juan joan juanito|luis lluis lucho|manuel manolo manu|mercedes merche|miguel migue|montserrat montse|pilar pili|rafael rafa|ramon moncho
roberto rober|rosario charo|salvador salva|santiago santi|sebastian sebas|teresa tere maite|vicente chente vicent
algirdas algis|aleksandras aleksas|gediminas gedas|kestutis kestas|konstantinas kostas|mindaugas mindas|raimundas raimis|vytautas vytas|zygimantas zygis`;

const NICKNAME_GROUPS = new Map<string, number[]>();
for (const [group, line] of NICKNAMES.trim().split(/[|\n]/).entries()) {
  for (const name of line.split(' ')) {
    const groups = NICKNAME_GROUPS.get(name);
    if (groups) groups.push(group);
    else NICKNAME_GROUPS.set(name, [group]);
  }
}
