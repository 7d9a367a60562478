import { randomBytes } from 'node:crypto';
import { hashPassword } from '#app/identity/passwords.ts';
import { sql } from '#kernel/database/sql.ts';
import type { Command } from './command.ts';
import { identityOf } from './keys.ts';
import { readPassword } from './setup.ts';

export const password: Command = {
  usage: '--email <address> [--password <password>]',
  summary: 'Give somebody a new password; who is signed in as them is signed out',
  details: 'Without --password it makes one and shows it. A password of - is read from stdin.',
  options: {
    email: { type: 'string', value: '<address>', about: 'Whose password' },
    password: { type: 'string', value: '<password>', about: 'The new one' },
  },
  async run(call) {
    const email = call.needed('email');
    const given = call.text('password');
    const made = given === undefined ? randomBytes(12).toString('base64url') : undefined;
    const hash = await hashPassword(made ?? (await readPassword(given!, [email])));
    const runtime = await call.runtime();
    const id = await identityOf(runtime, email);
    await runtime.database.transaction(async (connection) => {
      await connection.execute(sql`update platform.identity set password_hash = ${hash} where id = ${id}::uuid`);
      await connection.execute(sql`delete from platform.session where identity_id = ${id}::uuid`);
    });
    call.print(made === undefined ? `${email} has a new password.` : made);
    return made === undefined ? { email } : { email, password: made };
  },
};
