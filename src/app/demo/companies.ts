import { lithuanianControl, spanishCompanyControl } from '#modules/customers/index.ts';
import type { Random } from './random.ts';

/** Kinds of businesses that a food distributor deals with. */
export type Trade =
  | 'hospitality'
  | 'retail'
  | 'wholesale'
  | 'food'
  | 'logistics'
  | 'education'
  | 'health'
  | 'agriculture';

export const trades: readonly (readonly [Trade, number])[] = [
  ['hospitality', 34],
  ['retail', 26],
  ['wholesale', 12],
  ['food', 12],
  ['logistics', 4],
  ['education', 5],
  ['health', 4],
  ['agriculture', 3],
];

/** `short` is how people call it; `name` is how it is registered. */
export interface CompanyName {
  short: string;
  name: string;
}

export function lithuanianCompany(trade: Trade, random: Random): CompanyName {
  const short = `${random.pick(lithuanianFirst)} ${random.pick(lithuanianSecond[trade])}`;
  if (trade === 'education' || trade === 'health') return { short, name: `VšĮ „${short}“` };
  return {
    short,
    name: `${random.weighted([
      ['UAB', 12],
      ['MB', 3],
      ['AB', 1],
    ])} „${short}“`,
  };
}

export function spanishCompany(trade: Trade, random: Random): CompanyName {
  const short = `${random.pick(spanishFirst[trade])} ${random.pick(spanishSecond)}`;
  return {
    short,
    name: `${short}, ${random.weighted([
      ['S.L.', 12],
      ['S.A.', 3],
      ['S.L.U.', 2],
      ['S. Coop.', 1],
    ])}`,
  };
}

/** A domain nobody can own (RFC 2606). */
export function domainOf(short: string): string {
  const word = short
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${word}.example`;
}

/** Right in structure and check digit, in ranges that the registers have not come to: LT 9…, ES B69…. */
export function taxNumbers(
  country: 'LT' | 'ES',
  random: Random,
): { taxNumber: string; registrationCode: string | null } {
  const digits = (count: number) => String(random.between(0, 10 ** count - 1)).padStart(count, '0');
  if (country === 'ES') {
    const body = `69${digits(5)}`;
    return { taxNumber: `B${body}${spanishCompanyControl(body)}`, registrationCode: null };
  }
  const vat = `9${digits(6)}1`;
  const code = `9${digits(7)}`;
  return { taxNumber: `LT${vat}${lithuanianControl(vat)}`, registrationCode: `${code}${lithuanianControl(code)}` };
}

const lithuanianFirst = [
  'Baltijos',
  'Nemuno',
  'Neries',
  'Pajūrio',
  'Aukštaitijos',
  'Žemaitijos',
  'Dzūkijos',
  'Suvalkijos',
  'Senamiesčio',
  'Gintaro',
  'Ąžuolo',
  'Merkinės',
  'Dubysos',
  'Šventosios',
  'Minijos',
  'Nevėžio',
  'Kuršių',
  'Šilelio',
  'Medvėgalio',
  'Vėtrungės',
  'Aitvaro',
  'Pušyno',
  'Beržyno',
  'Saulėtekio',
  'Žvejų',
  'Malūno',
  'Rotušės',
  'Tauro',
  'Žiedo',
  'Lelijos',
  'Raudonės',
  'Ežero',
  'Pilies',
  'Marių',
  'Girios',
  'Vyturio',
  'Klevų',
  'Ratnyčios',
  'Alkos',
  'Vingio',
];

const lithuanianSecond: Readonly<Record<Trade, readonly string[]>> = {
  hospitality: ['užeiga', 'virtuvė', 'viešbutis', 'terasa', 'svečių namai', 'kepyklėlė', 'restoranas', 'vyninė'],
  retail: ['krautuvė', 'gėrybės', 'delikatesai', 'skonis', 'krepšelis', 'turgelis', 'maistas'],
  wholesale: ['didmena', 'prekyba', 'tiekimas', 'sandėliai', 'importas'],
  food: ['pieninė', 'kepykla', 'konservų namai', 'mėsa', 'žuvis', 'saldumynai'],
  logistics: ['logistika', 'kroviniai', 'terminalas'],
  education: ['mokykla', 'darželis', 'gimnazija', 'kolegija'],
  health: ['sanatorija', 'klinika', 'reabilitacijos centras'],
  agriculture: ['ūkis', 'sodai', 'bitynas'],
};

const spanishFirst: Readonly<Record<Trade, readonly string[]>> = {
  hospitality: ['Restaurante', 'Hotel', 'Taberna', 'Hostal', 'Mesón', 'Cafetería', 'Asador'],
  retail: ['Supermercados', 'Delicatessen', 'Alimentación', 'Ultramarinos', 'Mercado'],
  wholesale: ['Distribuciones', 'Comercial', 'Mayoristas', 'Importaciones'],
  food: ['Bodegas', 'Almazara', 'Conservas', 'Quesería', 'Embutidos', 'Obrador'],
  logistics: ['Transportes', 'Frío Logístico', 'Almacenes'],
  education: ['Colegio', 'Escuela', 'Centro de Formación'],
  health: ['Residencia', 'Clínica', 'Balneario'],
  agriculture: ['Frutas', 'Cítricos', 'Huertas'],
};

const spanishSecond = [
  'Sierra Blanca',
  'Monteverde',
  'La Encina',
  'del Turia',
  'Costa Clara',
  'El Olivar',
  'Torrealta',
  'Los Almendros',
  'Fuente Nueva',
  'Valdehermoso',
  'La Alquería',
  'San Telmo',
  'Puerta del Sol',
  'Río Bravo',
  'Castillo Viejo',
  'La Marina',
  'Miralmonte',
  'El Naranjal',
  'Santa Rita',
  'Peñalta',
  'Vega Baja',
  'Las Palmeras',
  'Bahía Azul',
  'Montesclaros',
  'La Dehesa',
  'El Molino',
  'Campoamor',
  'Ribera Alta',
  'Guadalfeo',
  'Las Salinas',
  'El Faro',
  'Soto del Rey',
  'La Cañada',
  'Aguas Claras',
  'Valle Dorado',
  'San Marcos',
  'El Carmen',
  'Alto Ebro',
  'Piedra Luna',
  'La Solana',
];
