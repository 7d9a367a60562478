import type { Records } from '#kernel/records/records.ts';
import { playbook } from '#modules/teamwork/index.ts';

interface Example {
  readonly name: string;
  readonly about: 'account' | 'opportunity';
  readonly steps: readonly (readonly [
    days: number,
    after: 'start' | 'previous',
    who: 'owner' | 'accountOwner',
    subject: string,
  ])[];
}

/** As a company that sells doors and windows works. */
const examples: Readonly<Record<'en' | 'es' | 'lt', readonly Example[]>> = {
  en: [
    {
      name: 'Welcome a new customer',
      about: 'account',
      steps: [
        [0, 'start', 'owner', 'Thank them for the first order'],
        [2, 'previous', 'accountOwner', 'Call: is everything as agreed?'],
        [10, 'start', 'accountOwner', 'Ask who else decides, and meet them'],
        [30, 'start', 'accountOwner', 'Visit: what will they need next?'],
      ],
    },
    {
      name: 'After the offer',
      about: 'opportunity',
      steps: [
        [2, 'start', 'owner', 'Call: did the offer arrive, is it clear?'],
        [5, 'previous', 'owner', 'Ask what speaks against it'],
        [5, 'previous', 'owner', 'Agree on a day for the decision'],
      ],
    },
  ],
  es: [
    {
      name: 'Bienvenida a un cliente nuevo',
      about: 'account',
      steps: [
        [0, 'start', 'owner', 'Agradecer el primer pedido'],
        [2, 'previous', 'accountOwner', 'Llamar: ¿está todo como se acordó?'],
        [10, 'start', 'accountOwner', 'Preguntar quién más decide y conocerlo'],
        [30, 'start', 'accountOwner', 'Visita: ¿qué necesitarán después?'],
      ],
    },
    {
      name: 'Después de la oferta',
      about: 'opportunity',
      steps: [
        [2, 'start', 'owner', 'Llamar: ¿llegó la oferta, se entiende?'],
        [5, 'previous', 'owner', 'Preguntar qué habla en contra'],
        [5, 'previous', 'owner', 'Acordar un día para la decisión'],
      ],
    },
  ],
  lt: [
    {
      name: 'Naujo kliento sutikimas',
      about: 'account',
      steps: [
        [0, 'start', 'owner', 'Padėkoti už pirmąjį užsakymą'],
        [2, 'previous', 'accountOwner', 'Paskambinti: ar viskas, kaip sutarta?'],
        [10, 'start', 'accountOwner', 'Sužinoti, kas dar sprendžia, ir susipažinti'],
        [30, 'start', 'accountOwner', 'Aplankyti: ko prireiks toliau?'],
      ],
    },
    {
      name: 'Po pasiūlymo',
      about: 'opportunity',
      steps: [
        [2, 'start', 'owner', 'Paskambinti: ar pasiūlymas gautas ir aiškus?'],
        [5, 'previous', 'owner', 'Paklausti, kas kelia abejonių'],
        [5, 'previous', 'owner', 'Sutarti, kada bus apsispręsta'],
      ],
    },
  ],
};

/** Those of the company's language; one of that name stays as it is. */
export async function makeExamplePlaybooks(records: Records, language: string): Promise<void> {
  for (const { name, about, steps } of examples[language as 'en'] ?? examples.en) {
    if (await records.find(playbook, { name })) continue;
    await records.transaction(async (inside) => {
      const { id } = await inside.create(playbook, { name, about });
      await inside.createMany(
        'playbookStep',
        steps.map(([days, after, who, subject], index) => ({
          playbook: id,
          position: index + 1,
          days,
          after,
          who,
          subject,
        })),
        { atomic: true },
      );
    });
  }
}
