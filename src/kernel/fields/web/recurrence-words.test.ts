import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInstance, type TFunction } from 'i18next';
import en from '../../../web/i18n/en.json' with { type: 'json' };
import es from '../../../web/i18n/es.json' with { type: 'json' };
import lt from '../../../web/i18n/lt.json' with { type: 'json' };
import { recurrenceWords } from './recurrence-words.ts';

const words = await Promise.all(
  Object.entries({ en, es, lt }).map(async ([language, translation]) => {
    const i18n = createInstance();
    const t = (await i18n.init({ lng: language, resources: { [language]: { translation } } })) as TFunction;
    return (rule: string) => recurrenceWords(rule, t, language);
  }),
);

for (const [rule, ...expected] of [
  ['FREQ=DAILY', 'Every day', 'Cada día', 'Kasdien'],
  ['FREQ=DAILY;INTERVAL=2', 'Every 2 days', 'Cada 2 días', 'Kas 2 dienas'],
  ['FREQ=DAILY;INTERVAL=10', 'Every 10 days', 'Cada 10 días', 'Kas 10 dienų'],
  ['FREQ=DAILY;INTERVAL=21', 'Every 21 days', 'Cada 21 días', 'Kas 21 dieną'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'Every weekday', 'Cada día laborable', 'Kiekvieną darbo dieną'],
  ['FREQ=WEEKLY;BYDAY=TU', 'Every Tuesday', 'Cada martes', 'Kiekvieną antradienį'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU', 'Every second Tuesday', 'Cada dos martes', 'Kas antrą antradienį'],
  [
    'FREQ=WEEKLY;BYDAY=MO,WE',
    'Every Monday and Wednesday',
    'Cada lunes y miércoles',
    'Kiekvieną pirmadienį ir trečiadienį',
  ],
  [
    'FREQ=WEEKLY;INTERVAL=3;BYDAY=FR',
    'Every 3 weeks on Friday',
    'Cada 3 semanas, el viernes',
    'Kas 3 savaites, penktadienį',
  ],
  ['FREQ=MONTHLY;BYMONTHDAY=10', 'Every month on day 10', 'Cada mes, el día 10', 'Kas mėnesį, 10 dieną'],
  [
    'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1',
    'Every month on the last day',
    'Cada mes, el último día',
    'Kas mėnesį, paskutinę dieną',
  ],
  [
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU',
    'Every 2 months on the second Tuesday',
    'Cada 2 meses, el segundo martes',
    'Kas 2 mėnesius, antrą antradienį',
  ],
  [
    'FREQ=MONTHLY;BYDAY=-1FR;COUNT=1',
    'Every month on the last Friday, once',
    'Cada mes, el último viernes, una vez',
    'Kas mėnesį, paskutinį penktadienį, 1 kartą',
  ],
  ['FREQ=DAILY;COUNT=5', 'Every day, 5 times', 'Cada día, 5 veces', 'Kasdien, 5 kartus'],
  ['FREQ=DAILY;COUNT=12', 'Every day, 12 times', 'Cada día, 12 veces', 'Kasdien, 12 kartų'],
  [
    'FREQ=DAILY;UNTIL=20260305',
    'Every day, until Mar 5, 2026',
    'Cada día, hasta el 5 mar 2026',
    'Kasdien, iki 2026-03-05',
  ],
  ['FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5', 'Every year on March 5', 'Cada año, el 5 de marzo', 'Kasmet, kovo 5 d.'],
  [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1',
    'Every year on February 29',
    'Cada año, el 29 de febrero',
    'Kasmet, vasario 29 d.',
  ],
  [
    'FREQ=YEARLY;BYMONTH=3;BYDAY=2TU',
    'Every year on the second Tuesday of March',
    'Cada año, el segundo martes de marzo',
    'Kasmet, kovo antrą antradienį',
  ],
  ...['FREQ=MONTHLY;BYMONTHDAY=1,15', 'FREQ=YEARLY;BYDAY=20MO', 'FREQ=DAILY;BYDAY=MO', 'nonsense'].map((text) => [
    text,
    text,
    text,
    text,
  ]),
] as string[][]) {
  test(rule!, () =>
    assert.deepEqual(
      words.map((say) => say(rule!)),
      expected,
    ),
  );
}
