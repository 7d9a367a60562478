import type { FieldShape } from '../api/types.ts';

const choices = [
  { value: 'a', label: 'Alfa', color: 'teal' },
  { value: 'b', label: 'Beta', color: 'yellow' },
  { value: 'c', label: 'Gama', color: 'violet' },
];

/** A value of every type that needs no record beside it; labels are the types' own names. */
const samples: [type: string, value: unknown, options?: Record<string, unknown>][] = [
  ['text', 'Šiaurės malūnas UAB'],
  ['longText', 'Skambinti po pietų.\nKlausti Jūratės.'],
  ['email', 'jurate@malunas.example'],
  ['phone', '+37061234567'],
  ['url', 'https://malunas.example/kainos'],
  ['integer', 1234567],
  ['decimal', 12.375],
  ['percent', 42.5],
  ['money', { amount: 12480.5, currency: 'EUR' }],
  ['boolean', true],
  ['date', '2026-03-11'],
  ['datetime', '2026-03-11T08:30:00.000Z'],
  ['duration', 5400],
  ['select', 'a', { options: choices }],
  ['multiSelect', ['a', 'c'], { options: choices }],
  ['tags', ['vynas', 'sūris']],
  ['rating', 4],
  [
    'weeklyHours',
    [1, 2, 3, 4, 5].flatMap((day) => [
      { day, from: '09:00', to: '13:00' },
      { day, from: '14:00', to: '18:00' },
    ]),
  ],
  [
    'checklist',
    [
      { id: 'a', text: 'Susitarti dėl laiko', done: true },
      { id: 'b', text: 'Paruošti sutartį', done: false },
    ],
  ],
  ['recurrence', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=4'],
  ['address', { street: 'Aušros g. 64', city: 'Kaunas', region: null, postcode: '49001', country: 'LT' }],
  ['json', { source: 'fair', year: 2026 }],
];

export const fieldSamples: readonly { field: FieldShape; value: unknown }[] = samples.map(([type, value, options]) => ({
  field: { name: type, type, label: type, operators: {}, ...(options ? { options } : {}) },
  value,
}));
