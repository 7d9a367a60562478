import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sampleRows } from './formats/csv.ts';
import { recogniseSource, type Suggestion, suggestMapping, type TargetField } from './mapping.ts';
import { realData } from './test-data.ts';

const field = (name: string, type: string, ...labels: string[]): TargetField => ({ name, type, labels });

const CONTACT = [
  field('firstName', 'text', 'First name', 'Nombre', 'Vardas'),
  field('lastName', 'text', 'Last name', 'Apellidos', 'Pavardė'),
  field('jobTitle', 'text', 'Job title', 'Cargo', 'Pareigos'),
  field('account', 'reference', 'Account', 'Cuenta', 'Klientas'),
  field('emails', 'email', 'E-mail', 'Correo electrónico', 'El. paštas'),
  field('phones', 'phone', 'Phone', 'Teléfono', 'Telefonas'),
  field('address', 'address', 'Address', 'Dirección', 'Adresas'),
  field('birthday', 'date', 'Birthday', 'Cumpleaños', 'Gimtadienis'),
  field('description', 'longText', 'Description', 'Descripción', 'Aprašymas'),
  field('owner', 'user', 'Owner', 'Propietario', 'Savininkas'),
];
const ACCOUNT = [
  field('name', 'text', 'Name', 'Nombre', 'Pavadinimas'),
  field('industry', 'select', 'Industry', 'Sector', 'Veiklos sritis'),
  field('employees', 'integer', 'Employees', 'Empleados', 'Darbuotojai'),
  field('revenue', 'money', 'Annual revenue', 'Ingresos anuales', 'Metinės pajamos'),
  field('website', 'url', 'Website', 'Sitio web', 'Svetainė'),
  field('phones', 'phone', 'Phone', 'Teléfono', 'Telefonas'),
  field('billingAddress', 'address', 'Billing address', 'Dirección de facturación', 'Sąskaitos adresas'),
  field('shippingAddress', 'address', 'Shipping address', 'Dirección de envío', 'Pristatymo adresas'),
  field('parent', 'reference', 'Parent account', 'Cuenta principal', 'Pagrindinė įmonė'),
  field('taxNumber', 'text', 'Tax number', 'NIF', 'PVM kodas'),
];
const OPPORTUNITY = [
  field('name', 'text', 'Name', 'Nombre', 'Pavadinimas'),
  field('account', 'reference', 'Account', 'Cuenta', 'Klientas'),
  field('contact', 'reference', 'Contact', 'Contacto', 'Kontaktas'),
  field('stage', 'reference', 'Stage', 'Etapa', 'Etapas'),
  field('amount', 'money', 'Amount', 'Importe', 'Suma'),
  field('probability', 'percent', 'Probability', 'Probabilidad', 'Tikimybė'),
  field('closeOn', 'date', 'Close date', 'Fecha de cierre', 'Uždarymo data'),
  field('openedOn', 'date', 'Opened on', 'Fecha de apertura', 'Pradžios data'),
  field('owner', 'user', 'Owner', 'Propietario', 'Savininkas'),
];
const TASK = [
  field('subject', 'text', 'Subject', 'Asunto', 'Tema'),
  field('dueOn', 'date', 'Due on', 'Vencimiento', 'Terminas'),
  field('status', 'select', 'Status', 'Estado', 'Būsena'),
  field('priority', 'select', 'Priority', 'Prioridad', 'Prioritetas'),
  field('contact', 'reference', 'Contact', 'Contacto', 'Kontaktas'),
];
const NOTE = [
  field('title', 'text', 'Title', 'Título', 'Pavadinimas'),
  field('body', 'richText', 'Text', 'Texto', 'Tekstas'),
];

function map(object: string, fields: TargetField[], headers: string[], sample: string[][] = []): Suggestion[] {
  return suggestMapping({ object, fields, headers, sample });
}

/** `header → field.part[entry]` of the columns that found a field. */
function lines(suggestions: Suggestion[]): string[] {
  return suggestions
    .filter(({ field }) => field)
    .map(({ header, field, part, entry }) => {
      const place = entry
        ? `[${entry.index}${entry.label ? ` ${entry.label}` : ''}${entry.role === 'label' ? ' label' : ''}]`
        : '';
      return `${header} → ${field}${part ? `.${part}` : ''}${place}`;
    });
}

test('Salesforce, by its field names', () => {
  const found = map(
    'contact',
    CONTACT,
    'Id|FirstName|LastName|Name|AccountId|MailingStreet|MailingCity|MailingState|MailingPostalCode|MailingCountry|OtherCity|Phone|MobilePhone|Email|Title|Birthdate|OwnerId|IsDeleted'.split(
      '|',
    ),
  );
  assert.deepEqual(lines(found), [
    ...['FirstName → firstName', 'LastName → lastName', 'AccountId → account', 'MailingStreet → address.street'],
    ...['MailingCity → address.city', 'MailingState → address.region', 'MailingPostalCode → address.postalCode'],
    ...['MailingCountry → address.country', 'Phone → phones[1]', 'MobilePhone → phones[2 mobile]', 'Email → emails[1]'],
    ...['Title → jobTitle', 'Birthdate → birthday', 'OwnerId → owner'],
  ]);
  assert.equal(found[4]?.reason, 'product');
  assert.ok(found.filter(({ field }) => field).every(({ confidence }) => confidence >= 0.8));
});

test('a file of leads', () => {
  const LEAD = [
    field('name', 'text', 'What they want', 'Qué quiere', 'Ko nori'),
    field('contact', 'reference', 'Contact', 'Contacto', 'Kontaktas'),
    field('account', 'reference', 'Account', 'Cuenta', 'Klientas'),
    field('status', 'select', 'Status', 'Estado', 'Būsena'),
    field('source', 'select', 'Source', 'Origen', 'Šaltinis'),
    field('amount', 'money', 'Estimated amount', 'Importe estimado', 'Numatoma suma'),
  ];
  const fields = (headers: string) => lines(map('lead', LEAD, headers.split('|'))).map((line) => line.split(' → ')[1]);
  const pipedrive = 'Lead - Title|Lead - Contact person|Lead - Organization|Lead - Status|Lead - Value|Lead - Source';
  assert.deepEqual(fields(pipedrive), ['name', 'contact', 'account', 'status', 'amount', 'source']);
  assert.deepEqual(fields('Tema|Asmuo|Įmonė|Būsena|Šaltinis'), ['name', 'contact', 'account', 'status', 'source']);
});

test('each of several addresses goes to the field that names it', () => {
  const headers = 'Name|BillingStreet|BillingCity|ShippingStreet|ShippingCity|BillingAddress'.split('|');
  assert.deepEqual(lines(map('account', ACCOUNT, headers)), [
    ...['Name → name', 'BillingStreet → billingAddress.street', 'BillingCity → billingAddress.city'],
    ...['ShippingStreet → shippingAddress.street', 'ShippingCity → shippingAddress.city'],
  ]);
  assert.deepEqual(lines(map('account', ACCOUNT, ['billingAddressStreet', 'shippingAddressPostalCode', 'sicCode'])), [
    ...['billingAddressStreet → billingAddress.street', 'shippingAddressPostalCode → shippingAddress.postalCode'],
  ]);
  assert.deepEqual(lines(map('account', ACCOUNT, ['Street Address', 'City'])), [
    ...['Street Address → billingAddress.street', 'City → billingAddress.city'],
  ]);
});

test('Pipedrive and report headers say which object a column is about', () => {
  assert.deepEqual(
    lines(
      map(
        'deal',
        OPPORTUNITY,
        'Deal - Title|Deal - Value|Deal - Stage|Deal - Organization|Deal - Contact person|Deal - Expected close date|Deal - Owner|Deal - Probability'.split(
          '|',
        ),
      ),
    ),
    [
      ...['Deal - Title → name', 'Deal - Value → amount', 'Deal - Stage → stage', 'Deal - Organization → account'],
      ...['Deal - Contact person → contact', 'Deal - Expected close date → closeOn', 'Deal - Owner → owner'],
      'Deal - Probability → probability',
    ],
  );
  assert.deepEqual(
    lines(
      map('person', CONTACT, [
        'Person - First name',
        'Person - Email - Work',
        'Person - Phone - Mobile',
        'Person - Organization',
      ]),
    ),
    [
      ...['Person - First name → firstName', 'Person - Email - Work → emails[1 work]'],
      ...['Person - Phone - Mobile → phones[1 mobile]', 'Person - Organization → account'],
    ],
  );
  assert.deepEqual(
    lines(
      map('contact', CONTACT, ['Account: Account Name', 'Account: Phone', 'Contact: First Name', 'Contact: Email']),
    ),
    [...['Account: Account Name → account', 'Contact: First Name → firstName', 'Contact: Email → emails[1]']],
  );
});

test('Google: numbered values and their labels', () => {
  assert.deepEqual(
    lines(
      map(
        'contact',
        CONTACT,
        'Given Name|E-mail 1 - Type|E-mail 1 - Value|Phone 2 - Value|Phone 2 - Type|Address 1 - Street|Address 2 - City|Organization 1 - Title'.split(
          '|',
        ),
      ),
    ),
    [
      ...[
        'Given Name → firstName',
        'E-mail 1 - Type → emails[1 label]',
        'E-mail 1 - Value → emails[1]',
        'Phone 2 - Value → phones[1]',
      ],
      ...[
        'Phone 2 - Type → phones[1 label]',
        'Address 1 - Street → address.street',
        'Organization 1 - Title → jobTitle',
      ],
    ],
  );
});

test('Outlook in English, Spanish and Lithuanian', () => {
  assert.deepEqual(
    lines(
      map(
        'contact',
        CONTACT,
        'First Name|E-mail Address|E-mail 2 Address|Business Phone|Home Phone 2|Business Fax|Business Street|Business City|Company'.split(
          '|',
        ),
      ),
    ),
    [
      ...[
        'First Name → firstName',
        'E-mail Address → emails[1]',
        'E-mail 2 Address → emails[2]',
        'Business Phone → phones[1 work]',
      ],
      ...['Home Phone 2 → phones[2 home]', 'Business Fax → phones[3 work fax]', 'Business Street → address.street'],
      ...['Business City → address.city', 'Company → account'],
    ],
  );
  assert.deepEqual(
    lines(
      map(
        'contact',
        CONTACT,
        'Nombre|Apellidos|Organización|Puesto|Calle del trabajo|Ciudad de trabajo|Código postal del trabajo|País o región del trabajo|Teléfono del trabajo|Teléfono móvil|Fax del trabajo|Dirección de correo electrónico|Dirección de correo electrónico 2|Cumpleaños|Notas'.split(
          '|',
        ),
      ),
    ),
    [
      ...[
        'Nombre → firstName',
        'Apellidos → lastName',
        'Organización → account',
        'Puesto → jobTitle',
        'Calle del trabajo → address.street',
      ],
      ...['Ciudad de trabajo → address.city', 'Código postal del trabajo → address.postalCode'],
      ...[
        'País o región del trabajo → address.country',
        'Teléfono del trabajo → phones[1 work]',
        'Teléfono móvil → phones[2 mobile]',
      ],
      ...['Fax del trabajo → phones[3 work fax]', 'Dirección de correo electrónico → emails[1]'],
      ...['Dirección de correo electrónico 2 → emails[2]', 'Cumpleaños → birthday', 'Notas → description'],
    ],
  );
  assert.deepEqual(
    lines(
      map(
        'contact',
        CONTACT,
        'Vardas|Pavardė|Įmonė|Pareigos|Darbo gatvė|Darbo miestas|Darbo pašto kodas|Darbo telefonas|Mobilusis telefonas|Namų telefonas|El. pašto adresas|El. pašto adresas 2|Gimtadienis|Pastabos'.split(
          '|',
        ),
      ),
    ),
    [
      ...[
        'Vardas → firstName',
        'Pavardė → lastName',
        'Įmonė → account',
        'Pareigos → jobTitle',
        'Darbo gatvė → address.street',
      ],
      ...['Darbo miestas → address.city', 'Darbo pašto kodas → address.postalCode', 'Darbo telefonas → phones[1 work]'],
      ...['Mobilusis telefonas → phones[2 mobile]', 'Namų telefonas → phones[3 home]', 'El. pašto adresas → emails[1]'],
      ...['El. pašto adresas 2 → emails[2]', 'Gimtadienis → birthday', 'Pastabos → description'],
    ],
  );
});

test('tasks and notes', () => {
  assert.deepEqual(lines(map('task', TASK, ['WhoId', 'Subject', 'ActivityDate', 'Status', 'Priority'])), [
    ...['WhoId → contact', 'Subject → subject', 'ActivityDate → dueOn', 'Status → status', 'Priority → priority'],
  ]);
  assert.deepEqual(lines(map('note', NOTE, ['Note Title', 'Note Content'])), [
    'Note Title → title',
    'Note Content → body',
  ]);
});

test('values decide where the header says nothing, and speak against a header that is wrong', () => {
  const rows = Array.from({ length: 5 }, (_, i) => [`a${i}@x.lt`, `+370 612 3456${i}`, `2024-0${i + 1}-01`, 'text']);
  const found = map('contact', CONTACT, ['c1', 'c2', 'c3', 'Birthday'], rows);
  assert.deepEqual(lines(found), ['c1 → emails[1]', 'c2 → phones[1]', 'Birthday → birthday']);
  assert.equal(found[0]?.reason, 'values');
  assert.ok((found[3]?.confidence ?? 1) < 0.5);
  assert.deepEqual(
    lines(
      map(
        'contact',
        CONTACT,
        ['c3'],
        rows.map((row) => [row[2] as string]),
      ),
    ),
    ['c3 → birthday'],
  );
  const [typo] = map('account', ACCOUNT, ['Anual revenue']);
  assert.deepEqual([typo?.field, typo?.reason], ['revenue', 'similar']);
});

test('a field takes one column, and a field for mobile numbers takes those', () => {
  const fields = [field('phone', 'phone', 'Phone'), field('mobile', 'phone', 'Mobile phone')].map((one) => ({
    ...one,
    isList: false,
  }));
  assert.deepEqual(lines(map('contact', fields, ['Mobile', 'Home Phone', 'Phone', 'Fax'])), [
    'Mobile → mobile',
    'Phone → phone',
  ]);
});

test('the product behind a file', () => {
  const product = (headers: string): string | undefined => recogniseSource(headers.split('|'))?.product;
  assert.equal(product('Id|IsDeleted|SystemModstamp|Name'), 'salesforce');
  assert.equal(product('Record ID|First Name|Create Date|Associated Company'), 'hubspot');
  assert.equal(product('Deal - Title|Deal - Value'), 'pipedrive');
  assert.equal(product('CONTACTID|Last Name|Created Time'), 'zoho');
  assert.equal(product('firstName|assignedUserName|billingAddressStreet'), 'espocrm');
  assert.equal(product('Given Name|Family Name|E-mail 1 - Value'), 'google');
  assert.equal(product('First Name|E-mail Address|E-mail 2 Address'), 'outlook');
  assert.equal(product('Nombre|Apellidos'), undefined);
});

test('1,000 columns are mapped within a second', () => {
  const headers = Array.from({ length: 1_000 }, (_, i) => `Some field ${i} of the address`);
  const start = performance.now();
  map('contact', CONTACT, headers, [headers, headers, headers]);
  assert.ok(performance.now() - start < 3_000);
});

test('headers of real exports are recognised', { skip: realData.skip }, () => {
  const text = readFileSync(realData.path('imports', 'crm_export_headers.csv'), 'utf8');
  const expected: Record<string, string> = {
    Salesforce: 'salesforce',
    Zoho: 'zoho',
    HubSpot: 'hubspot',
    Outlook: 'outlook',
    Pipedrive: 'pipedrive',
  };
  const missed: string[] = [];
  for (const { cells } of sampleRows(text, { delimiter: ',', quote: '"' }, 1_000).slice(1)) {
    const [source = '', object = '', , headers = ''] = cells;
    const product = Object.entries(expected).find(([name]) => source.startsWith(name))?.[1];
    if (product && recogniseSource(headers.split('|'))?.product !== product) missed.push(`${source} ${object}`);
  }
  // A list of users has nothing but names and an e-mail beside its key.
  assert.deepEqual(missed, ['Zoho CRM Analytics sample Users.csv']);
});
