import type { Random } from './random.ts';

export type Language = 'lt' | 'es';

/** What the company sells; the forms are those that the sentences below need. */
export interface Product {
  /** For tags and names of opportunities. */
  name: Readonly<Record<Language | 'en', string>>;
  /** Lithuanian genitive: „pasiūlymas dėl …“. */
  genitive: string;
  /** Lithuanian accusative: „domisi … nori gauti …“. */
  accusative: string;
  /** Months (1–12) when most of it is sold. */
  season?: readonly number[];
  alcohol?: true;
}

export const products: readonly Product[] = [
  {
    name: { en: 'Olive oil', es: 'Aceite de oliva', lt: 'Alyvuogių aliejus' },
    genitive: 'alyvuogių aliejaus',
    accusative: 'alyvuogių aliejų',
  },
  {
    name: { en: 'Wine', es: 'Vino', lt: 'Vynas' },
    genitive: 'vyno',
    accusative: 'vyną',
    season: [10, 11, 12],
    alcohol: true,
  },
  {
    name: { en: 'Cava', es: 'Cava', lt: 'Putojantis vynas' },
    genitive: 'putojančio vyno',
    accusative: 'putojantį vyną',
    alcohol: true,
    season: [11, 12],
  },
  {
    name: { en: 'Ham', es: 'Jamón', lt: 'Vytintas kumpis' },
    genitive: 'vytinto kumpio',
    accusative: 'vytintą kumpį',
    season: [11, 12],
  },
  { name: { en: 'Cheese', es: 'Queso', lt: 'Sūris' }, genitive: 'sūrio', accusative: 'sūrį' },
  {
    name: { en: 'Tinned fish', es: 'Conservas de pescado', lt: 'Žuvies konservai' },
    genitive: 'žuvies konservų',
    accusative: 'žuvies konservus',
  },
  {
    name: { en: 'Citrus fruit', es: 'Cítricos', lt: 'Citrusiniai vaisiai' },
    genitive: 'citrusinių vaisių',
    accusative: 'citrusinius vaisius',
    season: [11, 12, 1, 2],
  },
  { name: { en: 'Almonds', es: 'Almendras', lt: 'Migdolai' }, genitive: 'migdolų', accusative: 'migdolus' },
  { name: { en: 'Rice', es: 'Arroz', lt: 'Ryžiai' }, genitive: 'ryžių', accusative: 'ryžius' },
  {
    name: { en: 'Rye bread', es: 'Pan de centeno', lt: 'Ruginė duona' },
    genitive: 'ruginės duonos',
    accusative: 'ruginę duoną',
  },
  {
    name: { en: 'Smoked fish', es: 'Pescado ahumado', lt: 'Rūkyta žuvis' },
    genitive: 'rūkytos žuvies',
    accusative: 'rūkytą žuvį',
  },
  { name: { en: 'Honey', es: 'Miel', lt: 'Medus' }, genitive: 'medaus', accusative: 'medų', season: [8, 9, 10] },
  {
    name: { en: 'Wild berries', es: 'Frutos del bosque', lt: 'Miško uogos' },
    genitive: 'miško uogų',
    accusative: 'miško uogas',
    season: [7, 8, 9],
  },
  {
    name: { en: 'Curd snacks', es: 'Postres de requesón', lt: 'Varškės sūreliai' },
    genitive: 'varškės sūrelių',
    accusative: 'varškės sūrelius',
  },
];

/** What the sentences are about. */
export interface Subject {
  product: Product;
  contact: string;
  account: string;
  /** 1–12, when it is spoken of. */
  month: number;
}

export function opportunityName(language: Language, subject: Subject, random: Random): string {
  return fill(random.pick(opportunityNames[language]), language, subject, random);
}

export function taskSubject(language: Language, subject: Subject, random: Random): string {
  return fill(random.pick(taskSubjects[language]), language, subject, random);
}

/** What a task comes down to, one after the other. */
export function taskPoints(language: Language): readonly string[] {
  return points[language];
}

const points: Readonly<Record<Language, readonly string[]>> = {
  lt: ['Peržiūrėti ankstesnį susirašinėjimą', 'Suderinti kainas su vadovu', 'Išsiųsti santrauką'],
  es: ['Revisar los correos anteriores', 'Acordar los precios con dirección', 'Enviar un resumen'],
};

/** What a call, meeting or visit is agreed for. */
export function agreementSubject(
  language: Language,
  channel: 'phone' | 'meeting' | 'visit',
  subject: Subject,
  random: Random,
): string {
  return fill(random.pick(agreements[language][channel]), language, subject, random);
}

/** A note in two or three paragraphs: what happened, what matters, what comes next. */
export function noteBody(language: Language, subject: Subject, random: Random): string {
  const opening = random.pick(openingsOf.flatMap((talk, index) => (talk ? [] : [index])));
  return told(language, subject, random, opening)
    .map((sentence) => `<p>${escapeHtml(sentence)}</p>`)
    .join('');
}

/** Over which channel somebody talked with a customer, who began, and what was said: like a note, one line each. */
export function talk(language: Language, subject: Subject, random: Random): Talk & { body: string } {
  const opening = random.pick(openingsOf.flatMap((one, index) => (one ? [index] : [])));
  return { ...openingsOf[opening]!, body: told(language, subject, random, opening).join('\n') };
}

function told(language: Language, subject: Subject, random: Random, opening: number): string[] {
  const { opening: openings, matter, next } = noteParts[language];
  return [
    openings[opening]!,
    ...random.sample(matter, random.between(1, 2)),
    ...(random.chance(0.7) ? [random.pick(next)] : []),
  ].map((sentence) => fill(sentence, language, subject, random));
}

export function lostNote(language: Language, reason: string, subject: Subject, random: Random): string | null {
  const notes = lostNotes[language][reason];
  return notes ? fill(random.pick(notes), language, subject, random) : null;
}

export function nextStep(language: Language, subject: Subject, random: Random): string {
  return fill(random.pick(nextSteps[language]), language, subject, random);
}

export const jobTitles: Readonly<Record<Language, readonly { m: string; f: string; role: string }[]>> = {
  lt: [
    { m: 'Direktorius', f: 'Direktorė', role: 'decisionMaker' },
    { m: 'Savininkas', f: 'Savininkė', role: 'decisionMaker' },
    { m: 'Pirkimų vadovas', f: 'Pirkimų vadovė', role: 'decisionMaker' },
    { m: 'Šefas', f: 'Šefė', role: 'user' },
    { m: 'Virtuvės vadovas', f: 'Virtuvės vadovė', role: 'user' },
    { m: 'Buhalteris', f: 'Buhalterė', role: 'payer' },
    { m: 'Administratorius', f: 'Administratorė', role: 'gatekeeper' },
    { m: 'Prekių kategorijos vadovas', f: 'Prekių kategorijos vadovė', role: 'influencer' },
    { m: 'Sandėlio vadovas', f: 'Sandėlio vadovė', role: 'technical' },
    { m: 'Kokybės vadovas', f: 'Kokybės vadovė', role: 'technical' },
    { m: 'Someljė', f: 'Someljė', role: 'influencer' },
  ],
  es: [
    { m: 'Gerente', f: 'Gerente', role: 'decisionMaker' },
    { m: 'Propietario', f: 'Propietaria', role: 'decisionMaker' },
    { m: 'Jefe de compras', f: 'Jefa de compras', role: 'decisionMaker' },
    { m: 'Jefe de cocina', f: 'Jefa de cocina', role: 'user' },
    { m: 'Encargado de sala', f: 'Encargada de sala', role: 'user' },
    { m: 'Contable', f: 'Contable', role: 'payer' },
    { m: 'Secretario de dirección', f: 'Secretaria de dirección', role: 'gatekeeper' },
    { m: 'Responsable de categoría', f: 'Responsable de categoría', role: 'influencer' },
    { m: 'Jefe de almacén', f: 'Jefa de almacén', role: 'technical' },
    { m: 'Responsable de calidad', f: 'Responsable de calidad', role: 'technical' },
    { m: 'Sumiller', f: 'Sumiller', role: 'influencer' },
  ],
};

/** What an order is for; with months, only then is it spoken of. */
interface Season {
  lt: string;
  es: string;
  months?: readonly number[];
}

const seasons: readonly Season[] = [
  { lt: 'pavasario meniu', es: 'carta de primavera', months: [1, 2, 3] },
  { lt: 'vasaros sezonas', es: 'temporada de verano', months: [3, 4, 5, 6] },
  { lt: 'rudens asortimentas', es: 'surtido de otoño', months: [6, 7, 8, 9] },
  { lt: 'Kalėdų dovanos', es: 'cestas de Navidad', months: [9, 10, 11, 12] },
  { lt: 'metinė sutartis', es: 'contrato anual' },
  { lt: 'bandomasis užsakymas', es: 'pedido de prueba' },
];

const opportunityNames: Readonly<Record<Language, readonly string[]>> = {
  lt: [
    '{Product} – {season}',
    '{Product}: nuolatinis tiekimas',
    '{Product} ({account})',
    '{Product}, {season}',
    '{Product} – asortimento plėtra',
    '{Product} – naujas tinklas',
  ],
  es: [
    '{Product}: {season}',
    '{Product}: suministro regular',
    '{Product} ({account})',
    '{Product}, {season}',
    '{Product}: ampliación de gama',
    '{Product} para la nueva cadena',
  ],
};

const taskSubjects: Readonly<Record<Language, readonly string[]>> = {
  lt: [
    'Paskambinti: {contact}',
    'Nusiųsti pasiūlymą dėl {genitive}',
    'Išsiųsti {genitive} pavyzdžius',
    'Suderinti pristatymo datą',
    'Priminti apie neapmokėtą sąskaitą',
    'Paklausti, kaip sekasi su pirmąja siunta',
    'Degustacija: {account}',
    'Parengti metinės sutarties projektą',
    'Patikslinti {genitive} kainą',
    'Susitikti: {contact}',
    'Atnaujinti kainoraštį',
    'Paruošti sertifikatus kokybės skyriui',
    'Suderinti mokėjimo atidėjimą',
    'Pasveikinti su gimtadieniu: {contact}',
    'Pasitikrinti likučius sandėlyje',
    'Atsakyti į klausimą dėl {genitive}',
    'Aptarti {season}',
    'Sutvarkyti reklamaciją dėl pažeistos pakuotės',
    'Pakviesti į parodą',
    'Peržiūrėti skolos limitą',
  ],
  es: [
    'Llamar a {contact}',
    'Enviar oferta de {product}',
    'Mandar muestras de {product}',
    'Acordar la fecha de entrega',
    'Recordar la factura pendiente',
    'Preguntar qué tal la primera entrega',
    'Cata en {account}',
    'Preparar el borrador del contrato anual',
    'Revisar el precio de {product}',
    'Reunión con {contact}',
    'Actualizar la tarifa',
    'Preparar los certificados para calidad',
    'Negociar el plazo de pago',
    'Felicitar el cumpleaños a {contact}',
    'Comprobar las existencias en el almacén',
    'Responder a la consulta sobre {product}',
    'Hablar de: {season}',
    'Resolver la reclamación por el embalaje dañado',
    'Invitar a la feria',
    'Revisar el límite de crédito',
  ],
};

/** What is agreed beforehand, by how it will be held. */
const agreements: Readonly<Record<Language, Readonly<Record<'phone' | 'meeting' | 'visit', readonly string[]>>>> = {
  lt: {
    phone: ['Skambutis: {contact}', 'Patikslinti pristatymo datą', 'Aptarti {genitive} kiekius'],
    meeting: ['Susitikimas: {contact}', 'Metinės sutarties aptarimas', 'Aptarti {season}', 'Ketvirčio aptarimas'],
    visit: ['Degustacija: {account}', 'Apsilankymas: {contact}', 'Lentynų peržiūra', 'Parodyti {accusative}'],
  },
  es: {
    phone: ['Llamada con {contact}', 'Concretar la fecha de entrega', 'Hablar de cantidades: {product}'],
    meeting: ['Reunión con {contact}', 'Repasar el contrato anual', 'Hablar de: {season}', 'Revisión del trimestre'],
    visit: ['Cata en {account}', 'Visita a {contact}', 'Revisión del lineal', 'Presentar {product}'],
  },
};

interface Talk {
  channel: 'phone' | 'meeting' | 'visit' | 'email';
  direction: 'in' | 'out';
  sentiment: 'positive' | 'negative' | null;
}

/** What each opening of `noteParts` tells of; null for what was only thought or heard. */
const openingsOf: readonly (Talk | null)[] = [
  { channel: 'phone', direction: 'in', sentiment: null },
  { channel: 'meeting', direction: 'out', sentiment: null },
  { channel: 'visit', direction: 'out', sentiment: 'positive' },
  { channel: 'phone', direction: 'out', sentiment: null },
  { channel: 'visit', direction: 'out', sentiment: null },
  { channel: 'email', direction: 'in', sentiment: null },
  null,
  { channel: 'meeting', direction: 'out', sentiment: 'positive' },
  { channel: 'phone', direction: 'in', sentiment: 'negative' },
  null,
  { channel: 'meeting', direction: 'out', sentiment: null },
  { channel: 'phone', direction: 'in', sentiment: null },
];

const noteParts: Readonly<
  Record<Language, { opening: readonly string[]; matter: readonly string[]; next: readonly string[] }>
> = {
  lt: {
    opening: [
      '{contact} paskambino ir pasiteiravo dėl {genitive}.',
      'Susitikome jų biure, dalyvavo {contact}.',
      'Degustacija pavyko, labiausiai įvertino {accusative}.',
      'Trumpas pokalbis telefonu: domisi, kada galėtume atvežti {accusative}.',
      'Lankiausi pas klientą be išankstinio susitarimo, {contact} rado laiko.',
      'Gavau laišką: nori palyginti mūsų ir dabartinio tiekėjo kainas.',
      'Po parodos patys susisiekė, prisimena mūsų stendą.',
      'Ketvirčio aptarimas: pardavimai auga, bet lėčiau, nei tikėjomės.',
      'Klientas skundėsi, kad paskutinė siunta vėlavo dvi dienas.',
      '{contact} grįžo iš atostogų, todėl sprendimas pajudėjo.',
      'Aptarėme {season} ir kiekius.',
      'Perskambino dėl sąskaitos – buhalterija nerado užsakymo numerio.',
    ],
    matter: [
      'Svarbiausia – stabili kaina iki metų pabaigos.',
      'Prašo mokėjimo atidėjimo 45 dienoms, dabar turi 30.',
      'Per mėnesį sunaudoja apie {number} dėžių.',
      'Dabartinis tiekėjas vėluoja, todėl ieško antro.',
      'Reikia ekologiško ženklo ir sertifikato lietuvių kalba.',
      'Sandėlyje mažai vietos, tinka pristatymas kartą per savaitę.',
      'Sprendimą priima kartu su savininku, jis būna tik penktadieniais.',
      'Konkurentas siūlo 6 % pigiau, bet be pristatymo.',
      'Pakuotė per didelė, klaustų mažesnės.',
      'Patiko, kad galime atvežti iš vakaro užsakius.',
      'Biudžetas patvirtintas, liko pasirašyti.',
      'Atidaro antrą vietą, todėl kiekiai padvigubės.',
      'Etiketė turi būti su vertimu, kitaip parduoti negalės.',
      'Viešajame pirkime terminas – mėnesio pabaiga.',
    ],
    next: [
      'Kitą savaitę nusiųsti pasiūlymą.',
      'Sutarėme susiskambinti po dviejų savaičių.',
      'Pažadėjau pavyzdžius iki penktadienio.',
      'Laukiam jų atsakymo, pats neskubinti.',
      'Įtraukti mūsų logistiką dėl pristatymo grafiko.',
      'Parengti kainą {number} dėžių kiekiui.',
      'Pakviesti į kitą degustaciją Kaune.',
      'Patikrinti, ar sąskaita apmokėta, ir tada tęsti.',
    ],
  },
  es: {
    opening: [
      '{contact} ha llamado para preguntar por {product}.',
      'Reunión en sus oficinas con {contact}.',
      'La cata ha ido bien; lo que más ha gustado: {product}.',
      'Llamada breve: quieren saber cuándo podemos servir {product}.',
      'Visita sin cita previa; {contact} me ha atendido igualmente.',
      'Correo recibido: quieren comparar nuestros precios con los de su proveedor actual.',
      'Nos han buscado después de la feria, se acordaban del estand.',
      'Revisión del trimestre: las ventas crecen, aunque menos de lo esperado.',
      'Queja: la última entrega llegó con dos días de retraso.',
      '{contact} ha vuelto de vacaciones y la decisión se mueve.',
      'Hemos hablado de cantidades y de: {season}.',
      'Llaman por la factura: en contabilidad no encontraban el número de pedido.',
    ],
    matter: [
      'Lo más importante es un precio estable hasta fin de año.',
      'Piden 45 días de plazo de pago; ahora tienen 30.',
      'Consumen unas {number} cajas al mes.',
      'El proveedor actual se retrasa y buscan un segundo.',
      'Necesitan el sello ecológico y el certificado en español.',
      'Tienen poco almacén; les va bien una entrega por semana.',
      'La decisión se toma con la propiedad, que solo viene los viernes.',
      'La competencia ofrece un 6 % menos, pero sin reparto.',
      'El formato les resulta grande, preguntan por uno menor.',
      'Les gusta poder pedir la víspera.',
      'El presupuesto está aprobado, falta la firma.',
      'Abren un segundo local y doblarán cantidades.',
      'La etiqueta debe ir traducida o no podrán venderlo.',
      'El plazo de la licitación acaba a fin de mes.',
    ],
    next: [
      'Enviar la oferta la semana que viene.',
      'Quedamos en hablar dentro de dos semanas.',
      'He prometido muestras antes del viernes.',
      'Esperamos su respuesta, sin meter prisa.',
      'Avisar a logística por el calendario de entregas.',
      'Preparar precio para {number} cajas.',
      'Invitarlos a la próxima cata en València.',
      'Comprobar si la factura está pagada y seguir.',
    ],
  },
};

const lostNotes: Readonly<Record<Language, Readonly<Record<string, readonly string[]>>>> = {
  lt: {
    price: ['Mūsų kaina buvo 8 % didesnė.', 'Nesutarėme dėl nuolaidos už kiekį.'],
    competitor: ['Liko su dabartiniu tiekėju.', 'Pasirinko tiekėją, kuris veža kasdien.'],
    noBudget: ['Biudžetas nukeltas į kitus metus.'],
    timing: ['Sezonas jau prasidėjo, grįšime rudenį.'],
    missingFeature: ['Reikėjo mažesnės pakuotės, jos neturime.', 'Nėra ekologiško sertifikato.'],
    noContact: ['Tris kartus neatsakė, uždarome.'],
  },
  es: {
    price: ['Nuestro precio era un 8 % más alto.', 'No hubo acuerdo en el descuento por volumen.'],
    competitor: ['Siguen con el proveedor actual.', 'Eligieron a quien reparte a diario.'],
    noBudget: ['El presupuesto pasa al año que viene.'],
    timing: ['La temporada ya había empezado; volver en otoño.'],
    missingFeature: ['Necesitaban un formato menor que no tenemos.', 'Faltaba el certificado ecológico.'],
    noContact: ['Tres intentos sin respuesta, se cierra.'],
  },
};

const nextSteps: Readonly<Record<Language, readonly string[]>> = {
  lt: [
    'Nusiųsti pasiūlymą',
    'Suderinti degustacijos datą',
    'Laukti kliento sprendimo',
    'Pristatyti pavyzdžius',
    'Pasirašyti sutartį',
    'Patikslinti kiekius',
  ],
  es: [
    'Enviar la oferta',
    'Fijar la fecha de la cata',
    'Esperar la decisión',
    'Entregar muestras',
    'Firmar el contrato',
    'Confirmar cantidades',
  ],
};

function fill(text: string, language: Language, { product, contact, account, month }: Subject, random: Random): string {
  const name = product.name[language];
  return text
    .replace('{Product}', name)
    .replace('{product}', name.toLowerCase())
    .replace('{genitive}', product.genitive)
    .replace('{accusative}', product.accusative)
    .replace('{season}', () => random.pick(seasons.filter(({ months }) => !months || months.includes(month)))[language])
    .replace('{number}', () => String(random.between(2, 24) * 5))
    .replace('{contact}', contact)
    .replace('{account}', account);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
