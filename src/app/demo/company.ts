import { domainOf, lithuanianCompany, spanishCompany, taxNumbers, trades } from './companies.ts';
import { type Interested, leadsOf } from './leads.ts';
import { type Correspondent, lettersOf } from './letters.ts';
import type { DemoPart, DemoRecord } from './part.ts';
import { lithuanianName, type Name, spanishName } from './people.ts';
import { addressIn, type Place, phoneIn, placeIn } from './places.ts';
import { idsOf, type Random, randomOf } from './random.ts';
import {
  agreementSubject,
  jobTitles,
  type Language,
  lostNote,
  nextStep,
  noteBody,
  opportunityName,
  type Product,
  products,
  type Subject,
  talk,
  taskPoints,
  taskSubject,
} from './texts.ts';

/** A stage of the workspace's pipeline, in order. */
export interface DemoStage {
  id: string;
  pipeline: string;
  kind: 'open' | 'won' | 'lost';
}

export interface DemoOptions {
  /** Another number makes another company. */
  seed?: number;
  /** The two years end here. */
  now: Date;
  stages: readonly DemoStage[];
  /** Of the tags and of what is sold. */
  language?: 'en' | 'es' | 'lt';
  /** The user who sells in place of the head of sales, so that whoever looks around has a day's work. */
  you?: { readonly id: string; readonly name: string; readonly email: string } | undefined;
}

/**
 * A distributor with an office in Vilnius and one in València, which brings Spanish food to Lithuania and Lithuanian food to
 * Spain: 6 people who sell, 500 accounts, 900 contacts, 38 leads, 700 opportunities, 1,500 tasks, 1,200 talks, 64 threads of mails, 400 notes. The same
 * seed gives the same people, companies and ids; dates lie in the two years before `now`.
 */
export function* demoCompany({ seed = 1918, now, stages, language = 'en', you }: DemoOptions): Generator<DemoPart> {
  const random = randomOf(seed);
  const world: World = { random, newId: idsOf(randomOf(~seed)), now, stages, language };

  const users = sellers(world, you);
  const teams = teamsOf(idsOf(randomOf(seed + 2)), users);
  const accounts = accountsOf(world, users);
  const contacts = contactsOf(world, accounts);
  const roles = rolesOf(world, accounts, contacts);
  const relationships = relationshipsOf(world, accounts, contacts);
  const sales = opportunitiesOf(world, accounts);
  const parts = partsInSales(world, sales);
  const tasks = tasksOf(world, accounts, sales);
  const notes = notesOf(world, accounts, sales);
  const talks = talksOf(world, accounts, sales);
  const deeds = [...notes, ...talks];
  const dated = datesOf(randomOf(seed + 1), now, { accounts, contacts, sales, tasks, deeds });

  const colleagues = users.filter(({ id }) => id !== you?.id);
  yield { object: 'team', records: teams.map(({ id, name }) => ({ id, name })) };
  yield {
    object: 'user',
    records: colleagues.map(({ country, ...record }) => ({ ...record, ...standingIn(teams, country, record.id) })),
  };
  const [parents, subsidiaries] = [
    accounts.filter(({ record }) => !record.parent),
    accounts.filter(({ record }) => record.parent),
  ];
  yield { object: 'account', records: dated(parents.map(({ record }) => record)) };
  yield { object: 'account', records: dated(subsidiaries.map(({ record }) => record)) };
  yield { object: 'contact', records: dated(contacts.map(({ record }) => record)) };
  yield { object: 'accountContact', records: dated(roles) };
  yield { object: 'relationship', records: dated(relationships) };
  yield { object: 'opportunity', records: dated(sales.map(({ record }) => record)) };
  yield { object: 'opportunityContact', records: dated(parts) };
  const luck = randomOf(seed + 4);
  const interested = interestedOf(contacts, dated, luck);
  const working = (at: number) => atWork(at, now, luck);
  yield { object: 'lead', records: leadsOf({ random: luck, newId: idsOf(luck), now, atWork: working }, interested) };
  yield { object: 'task', records: dated(tasks.map(({ record }) => record)) };
  yield { object: 'interaction', records: takenPlace(dated(talks.map(({ record }) => record)), now) };
  yield { object: 'note', records: dated(notes.map(({ record }) => record)) };
  const chance = randomOf(seed + 3);
  const writers = correspondentsOf(users, teams, contacts, dated, chance);
  const mails = lettersOf({ random: chance, newId: idsOf(chance), now }, writers);
  yield { object: 'conversation', records: mails.conversations };
  yield { object: 'interaction', records: mails.interactions };
  yield { object: 'participant', records: mails.participants };
}

const size = { accounts: 500, contacts: 900, opportunities: 700, tasks: 1500, talks: 1200, notes: 400 };
const days = 730;
const day = 86_400_000;

interface World {
  random: Random;
  newId(): string;
  now: Date;
  stages: readonly DemoStage[];
  language: 'en' | 'es' | 'lt';
}

interface Seller extends DemoRecord {
  country: 'LT' | 'ES';
}

interface Account {
  record: DemoRecord;
  short: string;
  place: Place;
  domain: string;
  language: Language;
  status: string;
  /** How much is sold to it: A accounts have more of everything. */
  weight: number;
  contacts: Contact[];
}

interface Contact {
  record: DemoRecord;
  fullName: string;
  role: string;
  account: Account;
}

/** A task, a talk or a note. */
interface Deed {
  record: DemoRecord;
  account: Account;
  contact: Contact;
  at: number;
}

interface Sale {
  record: DemoRecord;
  account: Account;
  contact: Contact;
  product: Product;
  startedAt: number;
  /** When it closed, or when it should. */
  closesAt: number;
  kind: DemoStage['kind'];
}

function sellers({ newId, language }: World, you: DemoOptions['you']): Seller[] {
  const yours = language === 'es' ? 'Elena Ferrer Soler' : 'Rasa Petrauskienė';
  const people = [
    ['Rasa Petrauskienė', 'Pardavimų vadovė', 'lt', 'LT'],
    ['Mantas Butkus', 'Pardavimų vadybininkas', 'lt', 'LT'],
    ['Gintarė Jonaitytė', 'Pardavimų vadybininkė', 'lt', 'LT'],
    ['Elena Ferrer Soler', 'Directora comercial', 'es', 'ES'],
    ['Javier Ortega Molina', 'Comercial', 'es', 'ES'],
    ['Nuria Vidal Prieto', 'Comercial', 'es', 'ES'],
  ] as const;
  return people.map(([name, title, language, country], index) => {
    // Taken also for whoever has another id, so that those behind it stay the same.
    const id = newId();
    return {
      id,
      name,
      title,
      language,
      country,
      email: `${letters(name.split(' ').slice(0, 2).join('.'))}@gintaras-y-olivo.example`,
      phone: country === 'LT' ? `+370520000${10 + index}` : `+348600000${10 + index}`,
      timeZone: country === 'LT' ? 'Europe/Vilnius' : 'Europe/Madrid',
      active: true,
      ...(name === yours ? you : {}),
    };
  });
}

/** An office is a team, and whoever comes first in it is its head. */
interface Team {
  readonly id: string;
  readonly name: string;
  readonly country: Seller['country'];
  readonly head: string;
}

function teamsOf(newId: () => string, users: readonly Seller[]): Team[] {
  return (['LT', 'ES'] as const).map((country) => ({
    id: newId(),
    name: country === 'LT' ? 'Vilnius' : 'València',
    country,
    head: users.find((user) => user.country === country)!.id,
  }));
}

/** The team somebody is in, and whom they report to: the head of their office, if they are not that themself. */
function standingIn(teams: readonly Team[], country: Seller['country'], id: string) {
  const team = teams.find((one) => one.country === country)!;
  return { teams: [team.id], ...(team.head === id ? {} : { manager: team.head }) };
}

function accountsOf(world: World, users: readonly Seller[]): Account[] {
  const { random, newId } = world;
  const label = 'work';
  const taken = new Set<string>();
  const accounts: Account[] = [];
  while (accounts.length < size.accounts) {
    const country = random.weighted([
      ['LT', 58],
      ['ES', 42],
    ] as const);
    const trade = random.weighted(trades);
    const isPerson = random.chance(0.03);
    const name = isPerson
      ? personAsAccount(country, random)
      : (country === 'LT' ? lithuanianCompany : spanishCompany)(trade, random);
    if (taken.has(name.short)) continue;
    taken.add(name.short);

    const place = placeIn(country, random);
    const address = addressIn(place, random);
    const classification = random.weighted([
      ['a', 12],
      ['b', 33],
      ['c', 55],
    ] as const);
    const status = random.weighted([
      ['customer', 52],
      ['prospect', 26],
      ['former', 9],
      ['supplier', 7],
      ['partner', 4],
      ['competitor', 2],
    ] as const);
    const domain = domainOf(name.short);
    const employees = Math.round(random.around({ a: 120, b: 28, c: 8 }[classification], 2.2));
    const parent =
      !isPerson && random.chance(0.06)
        ? accounts.findLast(
            (other) => other.place.country === country && other.record.classification === 'a' && !other.record.parent,
          )
        : undefined;
    const seller = random.pick(users.filter((user) => user.country === country));
    accounts.push({
      short: name.short,
      place,
      domain,
      language: country === 'LT' ? 'lt' : 'es',
      status,
      weight:
        { a: 6, b: 2.5, c: 1 }[classification] *
        { customer: 1.6, prospect: 0.9, former: 0.4, partner: 0.4, supplier: 0.1, competitor: 0 }[status],
      contacts: [],
      record: {
        id: newId(),
        name: name.name,
        kind: isPerson ? 'individual' : 'business',
        status,
        classification,
        industry: isPerson ? null : trade,
        parent: parent?.record.id ?? null,
        employees: isPerson ? null : employees,
        annualRevenue: isPerson
          ? null
          : { amount: Math.round((employees * random.around(62_000, 1.6)) / 1000) * 1000, currency: 'EUR' },
        foundedYear: isPerson ? null : world.now.getUTCFullYear() - Math.round(random.around(14, 2)),
        ...(isPerson ? {} : taxNumbers(country, random)),
        website: isPerson ? null : `https://www.${domain}`,
        emails: [{ value: isPerson ? `${letters(name.short)}@${mailbox(country)}` : `info@${domain}`, label }],
        phones: [{ value: phoneIn(place, random), label }],
        billingAddress: address,
        shippingAddress: random.chance(0.35) ? addressIn(place, random) : null,
        tags: random.chance(0.3) ? random.sample(accountTags[world.language], random.between(1, 2)) : [],
        owner: seller.id,
      },
    });
  }
  return accounts;
}

function contactsOf(world: World, accounts: readonly Account[]): Contact[] {
  const { random, newId } = world;
  const wanted = accounts.map(
    (account) => [account, account.record.kind === 'individual' ? 0.2 : 1 + account.weight / 3] as const,
  );
  const contacts: Contact[] = [];
  while (contacts.length < size.contacts) {
    // Everybody gets one before anybody gets a second.
    const account = contacts.length < accounts.length ? accounts[contacts.length]! : random.weighted(wanted);
    const { language, place } = account;
    const name =
      account.record.kind === 'individual' && account.contacts.length === 0
        ? namesOf(account)
        : nameIn(place.country, random);
    const title = random.pick(jobTitles[language]);
    const local = letters(`${name.firstName}.${name.lastName.split(' ')[0]}`);
    const isTaken = account.contacts.some((other) =>
      (other.record.emails as { value: string }[])[0]!.value.startsWith(`${local}@`),
    );
    if (isTaken) continue;
    const contact: Contact = {
      account,
      fullName: `${name.firstName} ${name.lastName}`,
      role: title.role,
      record: {
        id: newId(),
        firstName: name.firstName,
        lastName: name.lastName,
        salutation: name.gender === 'm' ? 'mr' : 'ms',
        jobTitle: account.record.kind === 'individual' ? null : title[name.gender],
        account: account.record.id,
        emails: [
          {
            value:
              account.record.kind === 'individual'
                ? `${local}@${mailbox(place.country)}`
                : `${local}@${account.domain}`,
            label: 'work',
          },
          ...(random.chance(0.15) ? [{ value: `${local}@${mailbox(place.country)}`, label: 'home' }] : []),
        ],
        phones: random.chance(0.85) ? [{ value: phoneIn(place, random), label: 'work' }] : [],
        language: random.weighted([
          [language as string, 93],
          ['en', 7],
        ]),
        birthday: random.chance(0.35) ? birthday(world) : null,
        doNotCall: random.chance(0.03),
        doNotEmail: random.chance(0.05),
        owner: account.record.owner,
      },
    };
    account.contacts.push(contact);
    contacts.push(contact);
  }
  return contacts;
}

function rolesOf(
  { random, newId, now }: World,
  accounts: readonly Account[],
  contacts: readonly Contact[],
): DemoRecord[] {
  return contacts.flatMap((contact) => {
    if (contact.account.record.kind === 'individual') return [];
    const main = {
      id: newId(),
      contact: contact.record.id,
      account: contact.account.record.id,
      role: contact.role,
      primary: true,
      since: isoDay(now.getTime() - random.between(30, 3000) * day),
      owner: contact.record.owner,
    };
    if (!random.chance(0.07)) return [main];
    const second = random.pick(
      accounts.filter((other) => other !== contact.account && other.place.country === contact.account.place.country),
    );
    return [
      main,
      {
        ...main,
        id: newId(),
        account: second.record.id,
        role: random.pick(['influencer', 'payer', 'decisionMaker']),
        primary: false,
      },
    ];
  });
}

function relationshipsOf(
  { random, newId, now }: World,
  accounts: readonly Account[],
  contacts: readonly Contact[],
): DemoRecord[] {
  const by = (status: string) => accounts.filter((account) => account.status === status);
  const since = () => isoDay(now.getTime() - random.between(60, 3500) * day);
  const rows: DemoRecord[] = [];
  const taken = new Set<string>();
  const relate = (kind: string, from: Account, to: Account) => {
    const key = [kind, ...[from.record.id, to.record.id].sort()].join();
    if (from === to || taken.has(key)) return;
    taken.add(key);
    rows.push({
      id: newId(),
      kind,
      fromAccount: from.record.id,
      toAccount: to.record.id,
      since: since(),
      owner: from.record.owner,
    });
  };
  const customers = by('customer');
  for (const supplier of by('supplier'))
    for (const customer of random.sample(customers, 2)) relate('supplier', supplier, customer);
  for (const partner of by('partner'))
    for (const customer of random.sample(customers, 2)) relate('distributor', partner, customer);
  for (const competitor of by('competitor'))
    for (const supplier of random.sample(by('supplier'), 1)) relate('competitor', competitor, supplier);
  for (const [one, other] of pairs(random.sample(customers, 40))) relate('partner', one, other);
  for (const [one, other] of pairs(random.sample(contacts, 24))) {
    const kind = random.pick(['influencer', 'household']);
    rows.push({ id: newId(), kind, fromContact: one.record.id, toContact: other.record.id, owner: one.record.owner });
  }
  return rows;
}

function opportunitiesOf(world: World, accounts: readonly Account[]): Sale[] {
  const { random, newId, now, stages } = world;
  const open = stages.filter((stage) => stage.kind === 'open');
  const buyers = accounts.map((account) => [account, account.contacts.length > 0 ? account.weight : 0] as const);
  const competitors = accounts.filter((account) => account.status === 'competitor');
  return Array.from({ length: size.opportunities }, () => {
    const account = random.weighted(buyers);
    const contact = random.pick(account.contacts);
    // More and more is sold, so later days are likelier.
    const startedAt = now.getTime() - Math.floor(days * random.next() ** 1.25) * day;
    const month = monthOf(startedAt);
    const product = productFor(account, month, random);
    const lasts = Math.max(3, random.around(42, 2.4));
    const isOver = startedAt + lasts * day < now.getTime();
    const kind = isOver ? (random.chance(account.status === 'customer' ? 0.62 : 0.36) ? 'won' : 'lost') : 'open';
    // Some open ones are late: what was promised for last week.
    const closesAt = isOver
      ? startedAt + lasts * day
      : Math.max(startedAt + lasts * day, now.getTime() - random.between(-45, 9) * day);
    const progress = Math.min(0.999, (now.getTime() - startedAt) / (lasts * day));
    const stage = kind === 'open' ? open[Math.floor(progress * open.length)] : stages.find((one) => one.kind === kind);
    if (!stage) throw new Error(`The pipeline has no stage of the kind ${kind}`);
    const subject: Subject = { product, contact: contact.fullName, account: account.short, month };
    const reason = kind === 'lost' ? lostReason(random) : null;
    const amount =
      Math.round(
        random.around({ a: 9000, b: 3200, c: 1100 }[account.record.classification as 'a' | 'b' | 'c'], 2.3) / 10,
      ) * 10;
    return {
      account,
      contact,
      product,
      startedAt,
      closesAt,
      kind,
      record: {
        id: newId(),
        name: opportunityName(account.language, subject, random),
        account: account.record.id,
        contact: contact.record.id,
        pipeline: stage.pipeline,
        stage: stage.id,
        amount: { amount, currency: 'EUR' },
        startedOn: isoDay(startedAt),
        closeOn: isoDay(closesAt),
        stageSince: new Date(
          kind === 'open' ? startedAt + (now.getTime() - startedAt) * random.next() : closesAt,
        ).toISOString(),
        source: random.weighted(account.status === 'customer' ? sourcesOfCustomers : sourcesOfOthers),
        products: [product.name[world.language]],
        nextStep: kind === 'open' ? nextStep(account.language, subject, random) : null,
        lostReason: reason,
        lostNote: reason && lostNote(account.language, reason, subject, random),
        competitor: reason === 'competitor' && competitors.length > 0 ? random.pick(competitors).record.id : null,
        ...(kind === 'open' && {
          forecast: random.weighted([
            ['pipeline', 6],
            ['bestCase', 3],
            ['commit', 2],
          ]),
        }),
        owner: account.record.owner,
      },
    };
  });
}

function partsInSales({ random, newId }: World, sales: readonly Sale[]): DemoRecord[] {
  return sales.flatMap(({ record, account, contact }) => {
    const others = random.sample(
      account.contacts.filter((other) => other !== contact),
      random.between(0, 1),
    );
    return [contact, ...others].map((one, index) => ({
      id: newId(),
      opportunity: record.id,
      contact: one.record.id,
      role: one.role,
      primary: index === 0,
      owner: record.owner,
    }));
  });
}

function tasksOf(world: World, accounts: readonly Account[], sales: readonly Sale[]): Deed[] {
  const { random, newId, now } = world;
  return Array.from({ length: size.tasks }, (_, index) => {
    const { account, contact, subject, links, at } = whatItIsAbout(world, accounts, sales);
    const dueAt = Math.min(at, now.getTime() + 30 * day);
    const isPast = dueAt < now.getTime() - 3 * day;
    const status = isPast
      ? random.weighted([
          ['done', 93],
          ['cancelled', 4],
          ['open', 3],
        ])
      : random.weighted([
          ['open', 70],
          ['inProgress', 15],
          ['waiting', 10],
          ['done', 5],
        ]);
    const record = {
      id: newId(),
      subject: taskSubject(account.language, subject, random),
      dueOn: isoDay(dueAt),
      dueTime: random.chance(0.3)
        ? `${String(random.between(8, 17)).padStart(2, '0')}:${random.pick(['00', '15', '30', '45'])}`
        : null,
      priority: random.weighted([
        ['normal', 70],
        ['high', 16],
        ['low', 10],
        ['urgent', 4],
      ]),
      status,
      doneAt:
        status === 'done'
          ? workingTime(Math.min(dueAt + random.between(-2, 2) * day, now.getTime() - day), random)
          : null,
      ...(status === 'done' || status === 'cancelled' ? {} : careOf(index, account.language)),
      ...links,
      owner: account.record.owner,
    };
    return { record, account, contact, at: dueAt };
  });
}

/** Some are to be remembered, some come again, some have points to tick off. */
function careOf(index: number, language: Account['language']): Record<string, unknown> {
  return {
    ...(index % 4 === 0 && { remindBefore: index % 8 === 0 ? ['day', 'hour'] : ['due'] }),
    ...(index % 15 === 0 && { repeats: index % 2 === 0 ? 'FREQ=WEEKLY;INTERVAL=2' : 'FREQ=MONTHLY' }),
    ...(index % 6 === 0 && {
      checklist: taskPoints(language).map((text, place) => ({ id: `p${place + 1}`, text, done: place < index % 3 })),
    }),
  };
}

function notesOf(world: World, accounts: readonly Account[], sales: readonly Sale[]): Deed[] {
  const { random, newId } = world;
  return Array.from({ length: size.notes }, () => {
    const { account, contact, subject, links, at } = whatItIsAbout(world, accounts, sales);
    const record = {
      id: newId(),
      body: noteBody(account.language, subject, random),
      pinned: random.chance(0.02),
      ...links,
      owner: account.record.owner,
    };
    return { record, account, contact, at };
  });
}

function talksOf(world: World, accounts: readonly Account[], sales: readonly Sale[]): Deed[] {
  const { random, newId, now } = world;
  return Array.from({ length: size.talks }, () => {
    const { account, contact, subject, links, at } = whatItIsAbout(world, accounts, sales);
    const { channel, direction, sentiment, body } = talk(account.language, subject, random);
    const minutes = { phone: [2, 18], meeting: [30, 120], visit: [20, 90], email: null }[channel];
    const isSoon = at > now.getTime() && at < now.getTime() + 21 * day;
    const planned = isSoon && channel !== 'email' && direction === 'out' ? channel : null;
    const record = {
      id: newId(),
      channel,
      direction,
      ...(planned
        ? {
            ...{ state: 'planned', subject: agreementSubject(account.language, planned, subject, random) },
            ...{ at: agreedTime(workingTime(at, random)), duration: (channel === 'phone' ? 15 : 60) * 60 },
          }
        : { state: 'done', body, sentiment: random.chance(0.6) ? sentiment : null }),
      ...(minutes && !planned ? { duration: random.between(minutes[0]!, minutes[1]!) * 60 } : {}),
      ...(channel === 'phone' && !planned
        ? { outcome: random.weighted([['reached', 5] as const, ['interested', 3], ['callBack', 2], ['agreed', 2]]) }
        : {}),
      ...links,
      owner: account.record.owner,
    };
    return { record, account, contact, at };
  });
}

/** Customers' people, with whom mails are exchanged. */
function correspondentsOf(
  users: readonly Seller[],
  teams: readonly Team[],
  contacts: readonly Contact[],
  dated: (records: readonly DemoRecord[]) => DemoRecord[],
  random: Random,
): Correspondent[] {
  return contacts
    .filter(({ account }) => account.status === 'customer' && account.record.kind !== 'individual')
    .map(({ account, fullName, record }) => {
      const { id, name, email, country } = users.find((user) => user.id === account.record.owner)!;
      const [{ value: address }] = record.emails as [{ value: string }];
      return {
        language: account.language,
        product: productFor(account, random.between(1, 12), random),
        account: account.record.id,
        contact: { id: record.id, name: fullName, address },
        seller: { id, name: String(name), address: String(email) },
        team: teams.find((team) => team.country === country)!.id,
        knownSince: Date.parse(dated([record])[0]!.createdAt as string),
      };
    });
}

/** People at companies that bought nothing yet. */
function interestedOf(
  contacts: readonly Contact[],
  dated: (records: readonly DemoRecord[]) => DemoRecord[],
  random: Random,
): Interested[] {
  return contacts
    .filter(({ account }) => account.status === 'prospect')
    .map(({ account, fullName, record }) => ({
      language: account.language,
      product: productFor(account, random.between(1, 12), random),
      account: { id: account.record.id, name: account.short },
      contact: { id: record.id, name: fullName },
      owner: String(account.record.owner),
      knownSince: Date.parse(dated([record])[0]!.createdAt as string),
    }));
}

/** What took place was entered right after it. */
function takenPlace(records: readonly DemoRecord[], now: Date): DemoRecord[] {
  return records.map((record) =>
    record.at && Date.parse(record.at as string) > now.getTime() ? record : { ...record, at: record.createdAt },
  );
}

/** A sale in three of four cases, otherwise a customer in general. */
function whatItIsAbout({ random, now }: World, accounts: readonly Account[], sales: readonly Sale[]) {
  if (random.chance(0.75)) {
    const { record, account, contact, product, startedAt, closesAt } = random.pick(sales);
    const at = startedAt + (closesAt - startedAt) * random.next();
    return about(account, contact, product, at, record.id);
  }
  const account = random.pick(accounts);
  const at = now.getTime() + 21 * day - random.between(0, days) * day;
  return about(account, random.pick(account.contacts), productFor(account, monthOf(at), random), at, null);
}

function about(account: Account, contact: Contact, product: Product, at: number, opportunity: string | null) {
  return {
    account,
    contact,
    at,
    subject: { product, contact: contact.fullName, account: account.short, month: monthOf(at) },
    links: { account: account.record.id, contact: contact.record.id, opportunity },
  };
}

/**
 * When each record was entered, and last changed: a note on the day it tells of, a task some days before it is due, a customer
 * and its people before anything is told of them. What belongs to others is as old as the youngest of those.
 * Whoever owns it entered it.
 */
function datesOf(
  random: Random,
  now: Date,
  company: {
    accounts: readonly Account[];
    contacts: readonly Contact[];
    sales: readonly Sale[];
    tasks: readonly Deed[];
    deeds: readonly Deed[];
  },
): (records: readonly DemoRecord[]) => DemoRecord[] {
  const made = new Map<string, number>();
  const changed = new Map<string, number>();
  const firsts = new Map<Account | Contact, number>();
  const enter = (record: DemoRecord, account: Account, contact: Contact, at: number, changedAt = at) => {
    // What is about a sale comes after it; what would be in the future happened since then.
    const sale = made.get(record.opportunity as string);
    const since = sale ?? now.getTime() - 60 * day;
    const moment = atWork(at < now.getTime() ? at : since + (now.getTime() - since) * random.next(), now, random);
    const madeAt =
      sale === undefined || moment > sale
        ? moment
        : Math.min(sale + random.between(5, 240) * 60_000, now.getTime() - 60_000);
    made.set(record.id, madeAt);
    changed.set(record.id, Math.max(madeAt, atWork(Math.min(changedAt, now.getTime()), now, random)));
    for (const one of [account, contact]) firsts.set(one, Math.min(firsts.get(one) ?? madeAt, madeAt));
  };
  for (const { record, account, contact, startedAt, closesAt, kind } of company.sales)
    enter(record, account, contact, startedAt, kind === 'open' ? Date.parse(record.stageSince as string) : closesAt);
  for (const { record, account, contact, at } of company.deeds) enter(record, account, contact, at);
  for (const { record, account, contact, at } of company.tasks) {
    const doneAt = record.doneAt ? Date.parse(record.doneAt as string) : undefined;
    enter(record, account, contact, Math.min(at, doneAt ?? at) - random.between(1, 12) * day, doneAt);
  }
  const before = (at: number | undefined, most: number) =>
    atWork((at ?? now.getTime()) - random.between(1, most) * day, now, random);
  for (const contact of company.contacts) {
    const madeAt = before(firsts.get(contact), firsts.has(contact) ? 20 : days);
    made.set(contact.record.id, madeAt);
    firsts.set(contact.account, Math.min(firsts.get(contact.account) ?? madeAt, madeAt));
  }
  for (const account of [...company.accounts].reverse()) {
    const madeAt = before(firsts.get(account), firsts.has(account) ? 30 : days);
    made.set(account.record.id, madeAt);
    const parent = company.accounts.find(({ record }) => record.id === account.record.parent);
    if (parent) firsts.set(parent, Math.min(firsts.get(parent) ?? madeAt, madeAt));
  }

  const madeAtOf = (record: DemoRecord): number =>
    made.get(record.id) ?? Math.max(...Object.values(record).map((value) => made.get(value as string) ?? 0));
  return (records) =>
    records.map((record) => {
      const madeAt = madeAtOf(record);
      return {
        ...record,
        createdAt: new Date(madeAt).toISOString(),
        createdBy: record.owner,
        updatedAt: new Date(changed.get(record.id) ?? madeAt).toISOString(),
        updatedBy: record.owner,
      };
    });
}

/** A moment of that day, or of the Friday before, at which somebody is in the office. */
function atWork(at: number, now: Date, random: Random): number {
  const weekday = new Date(at).getUTCDay();
  const friday = weekday === 6 ? 1 : weekday === 0 ? 2 : 0;
  const moment = Date.parse(workingTime(at - friday * day, random)) + random.between(0, 59) * 1_000;
  return moment < now.getTime() ? moment : moment - 7 * day;
}

function monthOf(at: number): number {
  return new Date(at).getUTCMonth() + 1;
}

const sourcesOfCustomers = [
  ['existingCustomer', 45],
  ['phone', 15],
  ['email', 15],
  ['referral', 8],
  ['event', 8],
  ['website', 5],
  ['tender', 4],
] as const;
const sourcesOfOthers = [
  ['event', 22],
  ['coldCall', 20],
  ['website', 18],
  ['referral', 15],
  ['email', 10],
  ['campaign', 7],
  ['partner', 5],
  ['social', 3],
] as const;

const accountTags = {
  en: ['HORECA', 'chain', 'organic', 'own delivery', 'tender', 'trial customer'],
  es: ['HORECA', 'cadena', 'ecológico', 'recogida propia', 'licitación', 'cliente de prueba'],
  lt: ['HORECA', 'tinklas', 'ekologiška', 'pasiima patys', 'viešasis pirkimas', 'bandomasis klientas'],
};

function lostReason(random: Random): string {
  return random.weighted([
    ['price', 30],
    ['competitor', 22],
    ['noDecision', 14],
    ['timing', 12],
    ['noBudget', 8],
    ['noContact', 8],
    ['missingFeature', 6],
  ]);
}

/** Lithuanians buy the Spanish half of the list, Spaniards the Lithuanian one; seasonal goods in their season. */
function productFor({ language, record }: Account, month: number, random: Random): Product {
  const half = language === 'lt' ? products.slice(0, spanishGoods) : products.slice(spanishGoods);
  const isDry = record.industry === 'education' || record.industry === 'health';
  const offered = half.filter((product) => !(isDry && product.alcohol));
  return random.weighted(
    offered.map((product) => [product, product.season ? (product.season.includes(month) ? 4 : 0.5) : 1] as const),
  );
}

const spanishGoods = products.findIndex((product) => product.name.en === 'Rye bread');

function nameIn(country: 'LT' | 'ES', random: Random): Name {
  return country === 'LT' ? lithuanianName(random) : spanishName(random);
}

function personAsAccount(country: 'LT' | 'ES', random: Random): { short: string; name: string } {
  const { firstName, lastName } = nameIn(country, random);
  return { short: `${firstName} ${lastName}`, name: `${firstName} ${lastName}` };
}

/** The person that an individual's account is. */
function namesOf({ short }: Account): Name {
  const [firstName, ...rest] = short.split(' ');
  return { firstName: firstName!, lastName: rest.join(' '), gender: /[aė]$/.test(firstName!) ? 'f' : 'm' };
}

function birthday({ random, now }: World): string {
  return isoDay(Date.UTC(now.getUTCFullYear() - random.between(24, 63), random.between(0, 11), random.between(1, 28)));
}

function workingTime(at: number, random: Random): string {
  return `${isoDay(at)}T${String(random.between(7, 15)).padStart(2, '0')}:${String(random.between(0, 59)).padStart(2, '0')}:00.000Z`;
}

/** As people agree on one: on the quarter of an hour, and on a Monday where it would be at the weekend. */
function agreedTime(time: string): string {
  const weekday = new Date(time).getUTCDay();
  const later = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  const quarter = 15 * 60_000;
  return new Date(Math.floor(Date.parse(time) / quarter) * quarter + later * day).toISOString();
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function pairs<T>(items: readonly T[]): (readonly [T, T])[] {
  return Array.from(
    { length: Math.floor(items.length / 2) },
    (_, index) => [items[index * 2]!, items[index * 2 + 1]!] as const,
  );
}

function mailbox(country: 'LT' | 'ES'): string {
  return country === 'LT' ? 'pastas.example' : 'correo.example';
}

/** The part of an e-mail address before the @. */
function letters(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '.');
}
