import { beginning } from '#kernel/fields/clean.ts';
import type { DemoRecord } from './part.ts';
import type { Random } from './random.ts';
import type { Language, Product } from './texts.ts';

/** Somebody at a customer, and whoever here looks after them. */
export interface Correspondent {
  readonly language: Language;
  readonly product: Product;
  readonly account: string;
  readonly contact: { readonly id: string; readonly name: string; readonly address: string };
  readonly seller: { readonly id: string; readonly name: string; readonly address: string };
  readonly team: string;
  /** When they were entered, in ms: nobody writes before. */
  readonly knownSince: number;
}

interface Letters {
  conversations: DemoRecord[];
  interactions: DemoRecord[];
  participants: DemoRecord[];
}

const THREADS = 64;
/** Of the last days, and still to be answered. */
const WAITING = 26;
/** Of those, the ones that nobody has taken. */
const UNASSIGNED = 6;
const WEEKS = 10;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PREVIEW_LENGTH = 160;

/** Mails of the last weeks, thread by thread: the newest wait for an answer, a few are put off, the others are done. */
export function lettersOf(
  { random, newId, now }: { random: Random; newId(): string; now: Date },
  correspondents: readonly Correspondent[],
): Letters {
  const letters: Letters = { conversations: [], interactions: [], participants: [] };
  for (let n = 0; n < THREADS; n++) {
    const isWaiting = n < WAITING;
    const begun = now.getTime() - (isWaiting ? 5 + (n % 4) : random.between(8, WEEKS * 7)) * DAY_MS;
    const one = random.pick(correspondents.filter(({ knownSince }) => knownSince < begun - 3 * DAY_MS));
    const { subject, turns } = random.pick(threads[one.language]);
    // Customers wait for us, we do not keep them waiting: what is done ends with our words.
    const last = turns.findLastIndex(({ by }) => by === (isWaiting ? 'customer' : 'seller'));
    const said = turns.slice(0, n < UNASSIGNED ? 1 : last + 1);
    if (said.length === 0 || (isWaiting && said.at(-1)!.by !== 'customer')) {
      n--;
      continue;
    }
    const words = filling(one, random);
    const owner = n < UNASSIGNED ? null : one.seller.id;
    const links = { account: one.account, contact: one.contact.id };
    const thread = newId();
    let at = begun;
    const dated = (by: string | null) => ({
      ...{ createdAt: iso(at), createdBy: by, updatedAt: iso(at), updatedBy: by, owner: by },
    });
    const told = said.map(({ by, text }) => {
      at = atWork(at + random.between(20, 400) * 60_000, now);
      const body = words(text);
      const [from, to] = by === 'customer' ? (['contact', 'seller'] as const) : (['seller', 'contact'] as const);
      const interaction = {
        id: newId(),
        ...{ channel: 'email', direction: by === 'customer' ? 'in' : 'out', state: 'done', at: iso(at) },
        ...{ subject: words(subject), body, conversation: thread, ...links, ...dated(one.seller.id) },
      };
      for (const [role, who] of [
        ['from', from],
        ['to', to],
      ] as const) {
        const { id, name, address } = one[who];
        const person = who === 'contact' ? { contact: id } : { user: id };
        const record = { id: newId(), interaction: interaction.id, role, name, address, ...person };
        letters.participants.push({ ...record, ...dated(one.seller.id) });
      }
      return interaction;
    });
    const newest = told.at(-1)!;
    const isPutOff = !isWaiting && n % 9 === 0;
    letters.conversations.push({
      id: thread,
      ...{ channel: 'email', subject: newest.subject, ...links, team: one.team },
      status: isWaiting ? 'open' : isPutOff ? 'snoozed' : 'done',
      ...(isPutOff ? { snoozedUntil: iso(now.getTime() + (n % 5 || 5) * DAY_MS) } : {}),
      ...{ lastAt: newest.at, lastDirection: newest.direction, preview: beginning(newest.body, PREVIEW_LENGTH) },
      ...dated(owner),
      createdAt: told[0]!.at,
    });
    letters.interactions.push(...told);
  }
  return letters;
}

function filling({ product, contact, seller, language }: Correspondent, random: Random): (text: string) => string {
  const name = product.name[language];
  const [number, fewer] = [random.between(4, 24) * 5, random.between(2, 9) * 2];
  const values: Record<string, string> = {
    Product: name,
    product: name.toLowerCase(),
    genitive: product.genitive,
    accusative: product.accusative,
    contact: contact.name,
    seller: seller.name,
    number: String(number),
    fewer: String(fewer),
    order: String(20_000 + random.between(100, 9_999)),
  };
  return (text) => text.replaceAll(/\{(\w+)\}/g, (_, value: string) => values[value]!);
}

/** The same moment, or the next one at which somebody is in the office, but never one to come. */
function atWork(at: number, now: Date): number {
  let moment = at;
  const hour = new Date(moment).getUTCHours();
  if (hour < 6 || hour > 15)
    moment = Math.floor(moment / DAY_MS) * DAY_MS + (hour > 15 ? 31 : 7) * HOUR_MS + (at % HOUR_MS);
  const weekday = new Date(moment).getUTCDay();
  moment += (weekday === 6 ? 2 : weekday === 0 ? 1 : 0) * DAY_MS;
  while (moment > now.getTime() - HOUR_MS || new Date(moment).getUTCDay() % 6 === 0) moment -= DAY_MS;
  return moment;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

interface Thread {
  readonly subject: string;
  readonly turns: readonly { readonly by: 'customer' | 'seller'; readonly text: string }[];
}

const customer = (text: string) => ({ by: 'customer', text }) as const;
const seller = (text: string) => ({ by: 'seller', text }) as const;

const threads: Readonly<Record<Language, readonly Thread[]>> = {
  lt: [
    {
      subject: 'Ar turite {genitive}?',
      turns: [
        customer(
          'Sveiki,\n\nar dar yra {genitive}? Reikėtų {number} dėžių iki kito penktadienio.\n\nPagarbiai\n{contact}',
        ),
        seller(
          'Sveiki,\n\ntaip, turime. Rezervavau jums {number} dėžių, atvežtume ketvirtadienį nuo 8 iki 11 val. Ar tinka?\n\n{seller}',
        ),
        customer('Tinka. Tik prašome paskambinti prieš atvažiuojant, kiemas bus užstatytas.\n\n{contact}'),
        seller('Būtinai, vairuotojui perduota.\n\n{seller}'),
      ],
    },
    {
      subject: 'Vėluojanti siunta, užsakymas {order}',
      turns: [
        customer(
          'Laba diena,\n\nužsakymas {order} turėjo būti vakar, o jo vis dar nėra. Savaitgalį liksime be {genitive}. Kada atvešite?\n\n{contact}',
        ),
        seller(
          'Laba diena,\n\natsiprašau, sunkvežimis užtruko pasienyje. Siunta bus pas jus rytoj iki 10 val., o pristatymo nemokėsite.\n\n{seller}',
        ),
        customer('Gavome, ačiū. Dvi dėžės pažeistos, nuotraukas prisegsiu. Kaip jas įskaitysite?\n\n{contact}'),
        seller('Ačiū už nuotraukas. Kreditinę sąskaitą už abi dėžes išrašysime šiandien.\n\n{seller}'),
      ],
    },
    {
      subject: 'Sąskaita be užsakymo numerio',
      turns: [
        customer(
          'Sveiki,\n\nbuhalterija grąžino jūsų sąskaitą: trūksta mūsų užsakymo numerio {order}. Ar galite perrašyti?\n\n{contact}',
        ),
        seller('Sveiki,\n\nperrašyta, nauja sąskaita jau jūsų pašte. Terminą pratęsiau savaite.\n\n{seller}'),
      ],
    },
    {
      subject: 'Naujos kainos: {product}',
      turns: [
        seller(
          'Sveiki,\n\nnuo kito mėnesio keičiasi {genitive} kaina. Jums, imant nuo {number} dėžių, ji lieka senoji iki metų pabaigos.\n\n{seller}',
        ),
        customer(
          'Ačiū, kad pranešėte iš anksto. O jei imtume {fewer} dėžių kas savaitę, kokia būtų kaina?\n\n{contact}',
        ),
        seller('Tada ta pati kaip už {number}: svarbu, kad pastoviai. Atsiųsiu sutarties priedą.\n\n{seller}'),
      ],
    },
    {
      subject: 'Degustacija ir pavyzdžiai',
      turns: [
        customer(
          'Sveiki,\n\nmūsų šefė norėtų paragauti {accusative} prieš sudarant naują meniu. Ar galite atvežti pavyzdžių?\n\n{contact}',
        ),
        seller('Mielai. Atvežčiau antradienį apie 15 val., kai virtuvėje ramiau. Kiek žmonių ragaus?\n\n{seller}'),
        customer('Keturi. Antradienis tinka.\n\n{contact}'),
        seller('Įsirašiau. Iki antradienio!\n\n{seller}'),
      ],
    },
    {
      subject: 'Mažesnė pakuotė',
      turns: [
        customer(
          'Laba diena,\n\n{accusative} imtume dažniau, jei pakuotė būtų perpus mažesnė: atidarytos nespėjame sunaudoti. Ar gamintojas tokių turi?\n\n{contact}',
        ),
        seller(
          'Laba diena,\n\npaklausiau gamintojo: mažesnė bus nuo pavasario. Jums pirmiems atvešiu pavyzdį.\n\n{seller}',
        ),
      ],
    },
  ],
  es: [
    {
      subject: '¿Tenéis {product}?',
      turns: [
        customer(
          'Buenos días:\n\n¿Os queda {product}? Necesitaríamos {number} cajas antes del viernes que viene.\n\nUn saludo,\n{contact}',
        ),
        seller(
          'Buenos días:\n\nSí, hay existencias. Os he reservado {number} cajas; os las llevaríamos el jueves entre las 8 y las 11. ¿Os va bien?\n\n{seller}',
        ),
        customer(
          'Perfecto. Que el repartidor llame antes, por favor: ese día hay mercado y la calle está cortada.\n\n{contact}',
        ),
        seller('Hecho, ya lo sabe.\n\n{seller}'),
      ],
    },
    {
      subject: 'Pedido {order} sin llegar',
      turns: [
        customer(
          'Buenas tardes:\n\nEl pedido {order} tenía que llegar ayer y seguimos sin nada. El fin de semana nos quedamos sin {product}. ¿Cuándo lo traéis?\n\n{contact}',
        ),
        seller(
          'Buenas tardes:\n\nDisculpad: el camión se retrasó en la frontera. Mañana antes de las 10 lo tenéis, y el porte corre de nuestra cuenta.\n\n{seller}',
        ),
        customer('Recibido, gracias. Hay dos cajas golpeadas; adjunto fotos. ¿Cómo lo arreglamos?\n\n{contact}'),
        seller('Gracias por las fotos. Hoy mismo os hacemos el abono de las dos cajas.\n\n{seller}'),
      ],
    },
    {
      subject: 'Factura sin número de pedido',
      turns: [
        customer(
          'Hola:\n\nContabilidad nos devuelve vuestra factura porque falta nuestro número de pedido, el {order}. ¿Podéis rehacerla?\n\n{contact}',
        ),
        seller('Hola:\n\nYa está corregida y en vuestro correo. Os he dado una semana más de plazo.\n\n{seller}'),
      ],
    },
    {
      subject: 'Nueva tarifa: {product}',
      turns: [
        seller(
          'Hola:\n\nEl mes que viene cambia el precio de {product}. A vosotros, a partir de {number} cajas, os lo mantenemos hasta fin de año.\n\n{seller}',
        ),
        customer('Gracias por avisar. ¿Y si pedimos {fewer} cajas cada semana, qué precio nos haríais?\n\n{contact}'),
        seller('El mismo que por {number}: lo que cuenta es que sea fijo. Os mando el anexo del contrato.\n\n{seller}'),
      ],
    },
    {
      subject: 'Cata y muestras',
      turns: [
        customer(
          'Buenos días:\n\nNuestra jefa de cocina quiere probar {product} antes de cerrar la carta nueva. ¿Nos podéis acercar unas muestras?\n\n{contact}',
        ),
        seller(
          'Encantados. El martes sobre las cinco, cuando la cocina está tranquila. ¿Cuántos vais a probar?\n\n{seller}',
        ),
        customer('Cuatro. El martes nos va bien.\n\n{contact}'),
        seller('Apuntado. ¡Hasta el martes!\n\n{seller}'),
      ],
    },
    {
      subject: 'Envase más pequeño',
      turns: [
        customer(
          'Buenas:\n\nPediríamos {product} más a menudo si el envase fuera la mitad: una vez abierto no nos da tiempo a gastarlo. ¿Lo tiene el productor?\n\n{contact}',
        ),
        seller('Buenas:\n\nHe preguntado y lo sacan en primavera. Seréis los primeros en probarlo.\n\n{seller}'),
      ],
    },
  ],
};
