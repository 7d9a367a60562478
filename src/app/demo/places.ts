import type { Random } from './random.ts';

export interface Place {
  city: string;
  region: string;
  country: 'LT' | 'ES';
  postcodes: readonly string[];
  /** How often customers are there. */
  weight: number;
  /**
   * Beginning of phone numbers nobody has. Neither country keeps numbers for fiction; in Lithuania no subscriber's number
   * begins with 0 behind the area code, and in Spain the second series of a province (81 beside 91) is not given out at 00.
   */
  phone: string;
}

export interface Address {
  street: string;
  city: string;
  region: string;
  postcode: string;
  country: string;
}

export function placeIn(country: Place['country'], random: Random): Place {
  return random.weighted(
    (country === 'LT' ? lithuanianPlaces : spanishPlaces).map((place) => [place, place.weight] as const),
  );
}

export function addressIn(place: Place, random: Random): Address {
  const street =
    place.country === 'LT'
      ? `${random.pick(lithuanianStreets)} ${random.between(1, 96)}${random.chance(0.15) ? random.pick(['A', 'B', 'C']) : ''}`
      : `${random.pick(spanishStreets)}, ${random.between(1, 140)}`;
  return {
    street,
    city: place.city,
    region: place.region,
    postcode: random.pick(place.postcodes),
    country: place.country,
  };
}

export function phoneIn(place: Place, random: Random): string {
  const left = 12 - place.phone.length;
  return place.phone + String(random.between(0, 10 ** left - 1)).padStart(left, '0');
}

const lithuanianPlaces: readonly Place[] = [
  {
    city: 'Vilnius',
    region: 'Vilniaus apskritis',
    country: 'LT',
    weight: 34,
    phone: '+3705200',
    postcodes: ['01115', '01125', '01143', '04105', '05110', '06316', '08321', '09223', '10316', '11113', '12133'],
  },
  {
    city: 'Kaunas',
    region: 'Kauno apskritis',
    country: 'LT',
    weight: 22,
    phone: '+370370',
    postcodes: ['45009', '47001', '47009', '48009', '49001', '50001', '51001', '52005', '53030'],
  },
  {
    city: 'Klaipėda',
    region: 'Klaipėdos apskritis',
    country: 'LT',
    weight: 14,
    phone: '+3704600',
    postcodes: ['91001', '94007'],
  },
  {
    city: 'Šiauliai',
    region: 'Šiaulių apskritis',
    country: 'LT',
    weight: 8,
    phone: '+370410',
    postcodes: ['76001', '78007', '79001'],
  },
  {
    city: 'Panevėžys',
    region: 'Panevėžio apskritis',
    country: 'LT',
    weight: 7,
    phone: '+3704500',
    postcodes: ['35001', '36001', '36010', '37001', '37010', '38007'],
  },
  {
    city: 'Alytus',
    region: 'Alytaus apskritis',
    country: 'LT',
    weight: 4,
    phone: '+3703150',
    postcodes: ['62001', '62014', '63001'],
  },
  {
    city: 'Marijampolė',
    region: 'Marijampolės apskritis',
    country: 'LT',
    weight: 3,
    phone: '+3703430',
    postcodes: ['68001'],
  },
  { city: 'Utena', region: 'Utenos apskritis', country: 'LT', weight: 3, phone: '+3703890', postcodes: ['28001'] },
  {
    city: 'Druskininkai',
    region: 'Alytaus apskritis',
    country: 'LT',
    weight: 3,
    phone: '+3703130',
    postcodes: ['66001'],
  },
  {
    city: 'Mažeikiai',
    region: 'Telšių apskritis',
    country: 'LT',
    weight: 2,
    phone: '+3704430',
    postcodes: ['89001', '89021'],
  },
];

const spanishPlaces: readonly Place[] = [
  {
    city: 'Madrid',
    region: 'Madrid',
    country: 'ES',
    weight: 20,
    phone: '+348100',
    postcodes: ['28003', '28006', '28031', '28036'],
  },
  {
    city: 'Barcelona',
    region: 'Barcelona',
    country: 'ES',
    weight: 18,
    phone: '+348300',
    postcodes: ['08004', '08007', '08029', '08032', '08037', '08039'],
  },
  {
    city: 'València',
    region: 'Valencia',
    country: 'ES',
    weight: 16,
    phone: '+348600',
    postcodes: ['46004', '46007', '46017', '46021'],
  },
  {
    city: 'Sevilla',
    region: 'Sevilla',
    country: 'ES',
    weight: 9,
    phone: '+3485400',
    postcodes: ['41004', '41005', '41007', '41011'],
  },
  {
    city: 'Zaragoza',
    region: 'Zaragoza',
    country: 'ES',
    weight: 7,
    phone: '+3487600',
    postcodes: ['50004', '50007', '50011', '50017'],
  },
  {
    city: 'Málaga',
    region: 'Málaga',
    country: 'ES',
    weight: 6,
    phone: '+3485100',
    postcodes: ['29004', '29005', '29007', '29011'],
  },
  {
    city: 'Bilbao',
    region: 'Bizkaia',
    country: 'ES',
    weight: 6,
    phone: '+3484600',
    postcodes: ['48004', '48005', '48007', '48011', '48012'],
  },
  {
    city: 'Murcia',
    region: 'Murcia',
    country: 'ES',
    weight: 5,
    phone: '+3486800',
    postcodes: ['30004', '30005', '30007', '30011'],
  },
  {
    city: 'Granada',
    region: 'Granada',
    country: 'ES',
    weight: 4,
    phone: '+3485800',
    postcodes: ['18004', '18005', '18007', '18011', '18012'],
  },
  {
    city: 'Logroño',
    region: 'La Rioja',
    country: 'ES',
    weight: 4,
    phone: '+3484100',
    postcodes: ['26004', '26005', '26007', '26009'],
  },
  {
    city: 'Girona',
    region: 'Girona',
    country: 'ES',
    weight: 3,
    phone: '+3487200',
    postcodes: ['17004', '17005', '17006', '17007'],
  },
  { city: 'Vigo', region: 'Pontevedra', country: 'ES', weight: 3, phone: '+3488600', postcodes: ['36203', '36206'] },
  {
    city: 'Tarragona',
    region: 'Tarragona',
    country: 'ES',
    weight: 3,
    phone: '+3487700',
    postcodes: ['43004', '43005', '43007'],
  },
  {
    city: 'Valladolid',
    region: 'Valladolid',
    country: 'ES',
    weight: 3,
    phone: '+3488300',
    postcodes: ['47004', '47005', '47007', '47011'],
  },
  {
    city: 'Santander',
    region: 'Cantabria',
    country: 'ES',
    weight: 2,
    phone: '+3484200',
    postcodes: ['39004', '39005', '39007', '39012'],
  },
];

const lithuanianStreets = [
  'Gedimino g.',
  'Vytauto g.',
  'Laisvės al.',
  'Savanorių pr.',
  'Basanavičiaus g.',
  'Kęstučio g.',
  'Taikos pr.',
  'Pramonės g.',
  'Vilniaus g.',
  'Kauno g.',
  'Stoties g.',
  'Tilto g.',
  'Turgaus g.',
  'Žemaitės g.',
  'Maironio g.',
  'Donelaičio g.',
  'Ateities g.',
  'Verkių g.',
  'Ukmergės g.',
  'Birutės g.',
  'Liepų g.',
  'Beržų g.',
  'Jūros g.',
  'Dariaus ir Girėno g.',
  'Respublikos g.',
  'Aušros g.',
  'Pilies g.',
  'Šiaulių g.',
  'Pajūrio g.',
  'Sodų g.',
];

const spanishStreets = [
  'Calle Mayor',
  'Calle Real',
  'Gran Vía',
  'Avenida de la Constitución',
  'Calle de San Juan',
  'Calle del Carmen',
  'Paseo Marítimo',
  'Avenida de Andalucía',
  'Calle de Colón',
  'Calle de la Paz',
  'Calle de Cervantes',
  'Calle de Goya',
  'Plaza de España',
  'Calle de las Flores',
  'Avenida de la Libertad',
  'Calle de Alcalá',
  'Ronda Norte',
  'Calle del Mercado',
  'Camino Viejo',
  'Polígono Industrial El Pino, nave',
  'Calle de San Vicente',
  'Calle de Aragón',
  'Calle Nueva',
  'Travesía del Puerto',
  'Calle de la Estación',
  'Avenida del Mediterráneo',
  'Calle de Velázquez',
  'Calle del Sol',
  'Rambla Nova',
  'Calle de Santiago',
];
