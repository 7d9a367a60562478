import { ADDRESS_WORDS, KIND_WORDS, LIST_WORDS, PHONE_WORDS, PRODUCT_HEADERS, SYNONYMS } from './synonyms.ts';
import { detectDateOrder, isNull, parseBoolean, parseDate } from './values.ts';

export type TargetField = {
  name: string;
  /** A field type; 'email', 'phone', 'url', 'address' and the types of numbers and dates are judged by values too. */
  type: string;
  /** The field's labels in every language. */
  labels: string[];
  /** More names, or concepts of `SYNONYMS` such as 'contact.firstName'. */
  synonyms?: string[];
  /** Takes several columns, an entry of a list each. Default: true for e-mail and phone. */
  isList?: boolean;
  /** Parts of an address that the field has. Default: `ADDRESS_PARTS`. */
  parts?: string[];
};

export const ADDRESS_PARTS = ['street', 'city', 'region', 'postalCode', 'country'];

/**
 * Why a column was given to a field: it bears the field's name or label; a header known from the recognised product;
 * another word for the same; what its values look like; a similar spelling.
 */
export type MappingReason = 'label' | 'product' | 'synonym' | 'values' | 'similar';

export type Suggestion = {
  column: number;
  header: string;
  /** Null where nothing fits: the column is left out unless somebody decides otherwise. */
  field: string | null;
  /** Part of an address, e.g. 'city'. */
  part?: string;
  /** Entry of a list: its number (from 1, by the file's own numbers), its label ('work', 'mobile'), and which half of it. */
  entry?: { index: number; label: string | null; role: 'value' | 'label' };
  /** 0 to 1; from 0.8 on a person need not look. */
  confidence: number;
  reason: MappingReason | null;
};

export type Source = { product: string; name: string; matches: number };

/** Which product a file comes from, by headers that others do not use; null unless two of them are there. */
export function recogniseSource(headers: string[]): Source | null {
  const present = new Set(headers.map((header) => header.trim()));
  let best: Source | null = null;
  for (const [product, { name, headers: known }] of Object.entries(PRODUCT_HEADERS)) {
    const matches = known.split('|').filter((header) => present.has(header)).length;
    if (matches >= 2 && matches > (best?.matches ?? 0)) best = { product, name, matches };
  }
  return best;
}

/**
 * Gives each column of a file the field it most probably belongs to. A field takes one column, unless it is a list or an
 * address. Deterministic; 1,000 columns against 100 fields take well under a second.
 * @param input.object what the rows are: 'contact', 'account', 'opportunity', 'task', 'note' (or 'person', 'deal' …);
 *   it tells what a bare `Name` means
 */
export function suggestMapping(input: {
  headers: string[];
  sample: string[][];
  fields: TargetField[];
  object?: string;
}): Suggestion[] {
  const { headers, sample, fields } = input;
  const object = input.object && (ALIASES[input.object] ?? input.object);
  const product = recogniseSource(headers);
  const dates = fields.filter(({ type }) => SHAPE_OF_TYPE[type] === 'date');
  const targets = fields.map((field) => describeField(field, object, dates.length === 1));
  const columns = headers.map((header, column) =>
    describeColumn(
      header,
      sample.map((row) => row[column] ?? ''),
      object,
    ),
  );
  const candidates = columns.flatMap((column, index) =>
    targets.flatMap((target) =>
      match(column, target, product !== null).map((found) => ({ ...found, index, column, target })),
    ),
  );
  const groups = chooseAddresses(candidates);
  candidates.sort((a, b) => b.confidence - a.confidence || a.index - b.index);

  const suggestions: Suggestion[] = headers.map((header, column) => ({
    ...{ column, header, field: null, confidence: 0, reason: null },
  }));
  const taken = new Set<string>();
  for (const { index, target, part, group, entry, confidence, reason } of candidates) {
    const suggestion = suggestions[index] as Suggestion;
    const { name } = target.field;
    if (suggestion.field !== null || confidence < 0.3) continue;
    if (part && groups.get(name) !== group) continue;
    const place = part ? `${name}.${part}` : entry && target.isList ? `${name}#${index}` : name;
    if (taken.has(place) || (entry?.role === 'label' && !target.isList)) continue;
    taken.add(place);
    suggestion.field = name;
    suggestion.confidence = Math.round(confidence * 100) / 100;
    suggestion.reason = reason;
    if (part) suggestion.part = part;
    if (entry && target.isList) suggestion.entry = entry;
  }
  return numberEntries(suggestions);
}

/** `FirstName`, `first_name`, `First name:` and `FIRST NAME` are one; `Level__c` is Salesforce's way to say Level. */
export function normaliseHeader(header: string): string {
  return header
    .replace(/__[cr]$/i, '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const ALIASES: Record<string, string> = {
  ...{ person: 'contact', company: 'account', organization: 'account', organisation: 'account' },
  ...{ deal: 'opportunity', potential: 'opportunity', activity: 'task', event: 'task', comment: 'note' },
};

type Kind = { words: string[]; kind: string };
/** Longest words first, so that 'deltrabajo' is found before 'trabajo'. */
const KINDS: Kind[] = Object.entries(KIND_WORDS).map(([kind, words]) => ({
  kind,
  words: words
    .split('|')
    .map(normaliseHeader)
    .sort((a, b) => b.length - a.length),
}));
const ADDRESS_INDEX = indexOf(ADDRESS_WORDS);
const PHONE_INDEX = indexOf(PHONE_WORDS);
const LIST_INDEX = indexOf(LIST_WORDS);

/** Concepts by header, with the place in their list: names used more often stand first. */
const CONCEPTS = new Map<string, { concept: string; rank: number }[]>();
for (const [concept, names] of Object.entries(SYNONYMS)) {
  const ownName = concept.slice(concept.indexOf('.') + 1);
  for (const [rank, name] of [...names.split('|'), ownName].entries()) {
    const key = normaliseHeader(name);
    CONCEPTS.set(key, [...(CONCEPTS.get(key) ?? []), { concept, rank }]);
  }
}

function indexOf(words: Record<string, string>): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, all]) => all.split('|').map((word) => [normaliseHeader(word), key])),
  );
}

/** What a header says by its words about an address, an e-mail, a telephone or a web address. */
type Meaning = {
  type: 'address' | 'email' | 'phone' | 'url';
  kind: string;
  index: number;
  part: string;
  role: 'value' | 'label';
};

function readWords(header: string): Meaning | null {
  const plain = normaliseHeader(header);
  const number = /\d+/.exec(plain);
  const index = number ? Number(number[0]) : 1;
  if (index > 20) return null;
  const whole = plain.replace(/\d+/, '');
  const role = /.(label|type)$/.test(whole) && /^(email|phone|address|website)/.test(whole) ? 'label' : 'value';
  const words = whole.replace(/(.)(value|label|type)$/, '$1');
  for (const { kind, rest } of [{ kind: '', rest: words }, ...withoutKind(words)]) {
    const list = LIST_INDEX.get(rest) as 'email' | 'phone' | 'url' | undefined;
    if (list) return { type: list, kind, index, part: '', role };
    const phone = PHONE_INDEX.get(rest) ?? PHONE_INDEX.get(rest.replace(/^(phone|telefono|telefonas)/, ''));
    if (phone)
      return { type: 'phone', kind: kind && phone !== 'mobile' ? `${kind} ${phone}` : phone, index, part: '', role };
    if (role === 'label' && rest === 'address') return { type: 'address', kind, index, part: 'label', role };
    const part = ADDRESS_INDEX.get(rest) ?? ADDRESS_INDEX.get(rest.replace(/^(address|direccion)/, ''));
    if (!part) continue;
    // `Home Address 2` is the second line of an address, `Address 2 - City` the city of the second address.
    const isSecondLine = part === 'street' && /2$/.test(plain);
    return { type: 'address', kind, index: isSecondLine ? 1 : index, part: isSecondLine ? 'street2' : part, role };
  }
  return null;
}

function withoutKind(words: string): { kind: string; rest: string }[] {
  return KINDS.flatMap(({ kind, words: all }) =>
    all.flatMap((word) => {
      if (words.length === word.length) return [];
      if (words.startsWith(word)) return [{ kind, rest: words.slice(word.length) }];
      return words.endsWith(word) ? [{ kind, rest: words.slice(0, -word.length) }] : [];
    }),
  );
}

type Target = {
  field: TargetField;
  names: Set<string>;
  concepts: Set<string>;
  isList: boolean;
  /** No other field of the object takes dates. */
  isOnlyDate: boolean;
  /** Kind that the field itself names: 'billing' of a billing address, 'mobile' of a mobile number. */
  kind: string;
};

function describeField(field: TargetField, object: string | undefined, isOnlyDate: boolean): Target {
  const given = [field.name, ...field.labels, ...(field.synonyms ?? [])];
  const names = new Set(given.map(normaliseHeader));
  const concepts = new Set((field.synonyms ?? []).filter((synonym) => synonym in SYNONYMS));
  for (const name of names) for (const { concept } of conceptsOf(name, object)) concepts.add(concept);
  const meaning = given.map(readWords).find((found) => found?.type === field.type && found.kind);
  const isList = field.isList ?? (field.type === 'email' || field.type === 'phone');
  return { field, names, concepts, isList, isOnlyDate, kind: meaning?.kind ?? '' };
}

function conceptsOf(name: string, object: string | undefined): { concept: string; rank: number }[] {
  const all = CONCEPTS.get(name) ?? [];
  return object ? all.filter(({ concept }) => concept.startsWith(`${object}.`) || concept.startsWith('common.')) : all;
}

type Shape = 'email' | 'phone' | 'url' | 'date' | 'number' | 'boolean';
type Column = {
  name: string;
  meaning: Meaning | null;
  concepts: { concept: string; rank: number }[];
  /** Share of the filled cells that have a shape; null where too few cells are filled to tell. */
  shapes: Record<Shape, number> | null;
  isEmpty: boolean;
  /** About another object than the rows are: its values say nothing about this one. */
  isForeign: boolean;
};

/** `Person - Name`, `Account: Phone`: a header that says which object it is about. */
const ABOUT =
  /^(person|contact|lead|deal|opportunity|organi[sz]ation|account|company|activity|task|persona|contacto|trato|negocio|organización|cuenta|empresa)(?:\s+-\s+|:\s+)(?=\S)/i;
const ABOUT_OBJECT: Record<string, string> = {
  ...{ persona: 'contact', contacto: 'contact', trato: 'opportunity', negocio: 'opportunity' },
  ...{ organización: 'account', cuenta: 'account', empresa: 'account' },
};

function describeColumn(header: string, cells: string[], object: string | undefined): Column {
  const filled = cells.filter((cell) => !isNull(cell));
  const about = ABOUT.exec(header)?.[1]?.toLowerCase();
  const subject = about && (ABOUT_OBJECT[about] ?? ALIASES[about] ?? about);
  const own = about ? header.replace(ABOUT, '') : header;
  const isForeign = Boolean(subject && object && subject !== object);
  const whole = conceptsOf(normaliseHeader(header), object);
  // Of another object's columns only its name is of use here: it says which record this one belongs to.
  const isItsName =
    isForeign && CONCEPTS.get(normaliseHeader(own))?.some(({ concept }) => /\.(name|fullName)$/.test(concept));
  const foreign = isItsName ? [{ concept: `${object}.${subject}`, rank: 0 }] : [];
  return {
    name: normaliseHeader(isForeign ? header : own),
    meaning: isForeign ? null : readWords(own),
    concepts: whole.length > 0 ? whole : isForeign ? foreign : conceptsOf(normaliseHeader(own), object),
    shapes: filled.length >= 3 ? shapesOf(filled) : null,
    isEmpty: cells.length > 0 && filled.length === 0,
    isForeign,
  };
}

function shapesOf(cells: string[]): Record<Shape, number> {
  const order = detectDateOrder(cells).style;
  const share = (test: (cell: string) => boolean): number =>
    cells.filter((cell) => test(cell.trim())).length / cells.length;
  const isDate = (cell: string): boolean => !/^\d{5}(\.\d+)?$/.test(cell) && parseDate(cell, order) !== null;
  return {
    email: share((cell) => /^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$/.test(cell)),
    phone: share(
      (cell) =>
        /^[+(]?[\d\s().\-/]{6,24}((x|ext\.?)\s?\d+)?$/i.test(cell) &&
        /\d.*\d.*\d.*\d.*\d.*\d/.test(cell) &&
        !isDate(cell),
    ),
    url: share((cell) => /^(https?:\/\/|www\.)\S+$|^[\w-]+(\.[\w-]+)*\.[a-z]{2,10}(\/\S*)?$/i.test(cell)),
    date: share(isDate),
    number: share((cell) =>
      /^[^\p{L}\d]{0,3}\d[\d.,\s']*[^\p{L}\d]{0,3}$|^[A-Z]{3} ?\d[\d.,\s]*$|^\d[\d.,\s]* ?[A-Z]{3}$/u.test(cell),
    ),
    boolean: share((cell) => parseBoolean(cell) !== null),
  };
}

const SHAPE_OF_TYPE: Record<string, Shape> = {
  ...{ email: 'email', phone: 'phone', url: 'url', date: 'date', datetime: 'date', boolean: 'boolean' },
  ...{ integer: 'number', decimal: 'number', percent: 'number', money: 'number' },
};

type Match = {
  confidence: number;
  reason: MappingReason;
  part?: string;
  group?: string;
  entry?: NonNullable<Suggestion['entry']>;
};

/** How well a column fits a field by its header, corrected by its values; by its values alone if nothing else speaks. */
function match(column: Column, target: Target, isKnownProduct: boolean): Match[] {
  const { field } = target;
  const byHeader = matchHeader(column, target, isKnownProduct);
  const shape = SHAPE_OF_TYPE[field.type];
  const share = column.shapes && shape ? column.shapes[shape] : null;
  if (byHeader) {
    const contradicts = share !== null && share < 0.3 && byHeader.entry?.role !== 'label';
    const confidence = byHeader.confidence * (contradicts ? 0.4 : 1) - (column.isEmpty ? 0.05 : 0);
    return [{ ...byHeader, confidence }];
  }
  // A header that means something else is not overruled by what its values look like.
  if (share === null || share < 0.8 || column.concepts.length > 0 || column.meaning || column.isForeign) return [];
  if (shape === 'email') return [{ confidence: 0.6, reason: 'values', entry: entryOf(1, null) }];
  if (shape === 'phone') return [{ confidence: 0.45, reason: 'values', entry: entryOf(1, null) }];
  if (shape === 'url') return [{ confidence: 0.4, reason: 'values' }];
  if (shape === 'date' && target.isOnlyDate) return [{ confidence: 0.35, reason: 'values' }];
  return [];
}

function matchHeader(column: Column, target: Target, isKnownProduct: boolean): Match | null {
  const { field, kind } = target;
  const { meaning } = column;
  const reason = isKnownProduct ? 'product' : 'synonym';
  if (meaning && meaning.type === field.type) {
    const isSameName = target.names.has(column.name);
    if (meaning.type === 'address') {
      const parts = [...(field.parts ?? ADDRESS_PARTS)];
      if (!parts.includes(meaning.part) || (kind && meaning.kind && kind !== meaning.kind)) return null;
      // A whole address in one column is second to one that is divided into parts.
      const isWhole = meaning.part === 'street' && /(address|direccion|adresas|formatted)$/.test(column.name);
      const group = `${meaning.kind}${meaning.index}`;
      // An address without a kind may be the billing address, if the file has no other.
      const doubt = (isWhole ? 0.1 : 0) + (kind && !meaning.kind ? 0.1 : 0);
      return { confidence: 0.9 - doubt, reason, part: meaning.part, group };
    }
    if (kind && kind !== meaning.kind) return null;
    const entry = entryOf(meaning.index, meaning.kind || null, meaning.role);
    // A field for mobile numbers has the first claim on them; of several numbers the plain one is the first.
    const confidence = kind ? 0.95 : meaning.kind ? 0.88 : 0.92;
    if (isSameName) return { confidence: 1, reason: 'label', entry };
    return { confidence: confidence - meaning.index * 0.005, reason, entry };
  }
  if (target.names.has(column.name)) {
    const isOwnName =
      normaliseHeader(field.name) === column.name ||
      field.labels.some((label) => normaliseHeader(label) === column.name);
    const entry = target.isList ? { entry: entryOf(1, null) } : {};
    if (field.type !== 'address')
      return { confidence: isOwnName ? 1 : 0.95, reason: isOwnName ? 'label' : 'synonym', ...entry };
    return { confidence: 0.8, reason: 'label', part: 'street', group: '1' };
  }
  const shared = column.concepts.find(({ concept }) => target.concepts.has(concept));
  if (shared && field.type !== 'address') {
    const general = shared.concept.startsWith('common.') ? 0.02 : 0;
    return { confidence: (isKnownProduct ? 0.92 : 0.88) - general - Math.min(shared.rank, 30) * 0.001, reason };
  }
  if (column.concepts.length > 0 || meaning || field.type === 'address') return null;
  const likeness = Math.max(0, ...[...target.names].map((name) => similarity(name, column.name)));
  return likeness >= 0.75 ? { confidence: likeness * 0.7, reason: 'similar' } : null;
}

function entryOf(
  index: number,
  label: string | null,
  role: 'value' | 'label' = 'value',
): NonNullable<Suggestion['entry']> {
  return { index, label, role };
}

/**
 * A file may have three addresses and the object one: each address field takes the group of columns (mailing, billing,
 * `Address 2` …) with most filled columns, a group that a field names itself first.
 */
function chooseAddresses(candidates: (Match & { column: Column; target: Target })[]): Map<string, string> {
  const sizes = new Map<string, Map<string, number>>();
  const named = new Set<string>();
  for (const { target, group, column } of candidates) {
    if (!group) continue;
    const groups = sizes.get(target.field.name) ?? new Map<string, number>();
    groups.set(group, (groups.get(group) ?? 0) + (column.isEmpty ? 0.1 : 1));
    sizes.set(target.field.name, groups);
    if (target.kind && group.startsWith(target.kind)) named.add(group);
  }
  const kinds = new Map(candidates.map(({ target }) => [target.field.name, target.kind]));
  const chosen = new Map<string, string>();
  const used = new Set<string>();
  for (const [field, groups] of [...sizes].sort(([a], [b]) => (kinds.get(b) ? 1 : 0) - (kinds.get(a) ? 1 : 0))) {
    const free = [...groups].filter(([group]) => !used.has(group) && (kinds.get(field) || !named.has(group)));
    const isNamed = (group: string): number =>
      kinds.get(field) && group.startsWith(kinds.get(field) as string) ? 1 : 0;
    const best = free.sort((a, b) => isNamed(b[0]) - isNamed(a[0]) || b[1] - a[1])[0]?.[0];
    if (best === undefined) continue;
    chosen.set(field, best);
    used.add(best);
  }
  return chosen;
}

/**
 * Numbers the entries of each list: a value and its label column keep one number between them (`E-mail 2 - Type`),
 * columns without numbers of their own (`Home Phone`, `Mobile`) are numbered from left to right.
 */
function numberEntries(suggestions: Suggestion[]): Suggestion[] {
  const numbers = new Map<string, Map<string, number>>();
  for (const { field, entry, column } of suggestions) {
    if (!field || !entry) continue;
    const known = numbers.get(field) ?? new Map<string, number>();
    numbers.set(field, known);
    const key = entryKey(entry, column);
    const number = known.get(key) ?? known.size + 1;
    known.set(key, number);
  }
  return suggestions.map((suggestion) => {
    const { field, entry, column } = suggestion;
    if (!field || !entry) return suggestion;
    return {
      ...suggestion,
      entry: { ...entry, index: numbers.get(field)?.get(entryKey(entry, column)) ?? entry.index },
    };
  });

  function entryKey(entry: NonNullable<Suggestion['entry']>, column: number): string {
    const hasLabelColumn = suggestions.some(
      (other) => other.entry?.role === 'label' && other.entry.index === entry.index,
    );
    return hasLabelColumn ? `numbered ${entry.index}` : `column ${column}`;
  }
}

/** Dice's coefficient over pairs of letters: 1 for equal, 0 for nothing in common. */
function similarity(a: string, b: string): number {
  if (a.length < 4 || b.length < 4) return 0;
  const pairs = new Map<string, number>();
  for (let i = 0; i < a.length - 1; i++) pairs.set(a.slice(i, i + 2), (pairs.get(a.slice(i, i + 2)) ?? 0) + 1);
  let shared = 0;
  for (let i = 0; i < b.length - 1; i++) {
    const left = pairs.get(b.slice(i, i + 2)) ?? 0;
    if (left > 0) shared++;
    pairs.set(b.slice(i, i + 2), left - 1);
  }
  return (2 * shared) / (a.length + b.length - 2);
}
