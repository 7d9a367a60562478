import { UsageError } from '#app/exit-codes.ts';
import { checkPassword } from '#app/identity/password-policy.ts';
import { MIN_PASSWORD } from '#app/identity/password-rules.ts';
import { loadDemoCompany } from '#app/jobs.ts';
import { type CompanySetUp, setUpCompany } from '#app/set-up.ts';
import { languages } from '#kernel/i18n/translate.ts';
import type { Command } from './command.ts';

export const setup: Command = {
  usage: '--company <name> --email <address> --password <password>',
  summary: 'The first visit without a browser: the company and its first administrator',
  details: 'A password of - is read from stdin. With --demo it waits until the demo company is loaded.',
  options: {
    company: { type: 'string', value: '<name>', about: 'Name of the company' },
    email: { type: 'string', value: '<address>', about: 'With which the administrator signs in' },
    password: { type: 'string', value: '<password>', about: `At least ${MIN_PASSWORD} characters, or - for stdin` },
    name: { type: 'string', value: '<name>', about: 'Name of the administrator' },
    language: { type: 'string', value: 'en|es|lt', about: 'Language of the company (en)' },
    currency: { type: 'string', value: '<code>', about: 'Base currency (EUR)' },
    'time-zone': { type: 'string', value: '<zone>', about: 'Like Europe/Vilnius (by language)' },
    country: { type: 'string', value: '<code>', about: 'Two letters (by time zone)' },
    demo: { type: 'boolean', about: 'Load the demo company' },
  },
  async run(call) {
    const language = call.text('language') ?? 'en';
    if (!isLanguage(language)) throw new UsageError(`--language is one of ${languages.join(', ')}.`);
    const own = [call.needed('company'), call.needed('email'), call.text('name') ?? ''];
    const password = await readPassword(call.needed('password'), own);
    const input: CompanySetUp = {
      company: call.needed('company'),
      email: call.needed('email').trim(),
      password,
      language,
      currency: call.text('currency') ?? 'EUR',
      timeZone: call.text('time-zone') ?? zoneOfLanguage[language],
      ...(call.text('name') ? { name: call.text('name')! } : {}),
      ...(call.text('country') ? { country: call.text('country')! } : {}),
    };
    const runtime = await call.runtime();
    const { workspaceId } = await setUpCompany(runtime, input);
    call.print(`${input.company} is set up; ${input.email} can sign in.`);
    if (!call.flag('demo')) return { workspaceId };
    const { total } = await loadDemoCompany(runtime, workspaceId, ({ done, total }) =>
      call.progress(`Loading the demo company … ${done} of ${total} records`),
    );
    call.print(`The demo company has ${total} records.`);
    return { workspaceId, demo: { records: total } };
  },
};

/** @throws Problem `request.invalid` when it is easy to guess */
export async function readPassword(given: string, own: readonly string[]): Promise<string> {
  let password = given;
  if (given === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    password = Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
  await checkPassword(password, own);
  return password;
}

const zoneOfLanguage = { en: 'Europe/London', es: 'Europe/Madrid', lt: 'Europe/Vilnius' };

function isLanguage(text: string): text is CompanySetUp['language'] {
  return languages.some((language) => language === text);
}
