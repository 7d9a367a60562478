import { readFile } from 'node:fs/promises';
import { Problem } from '#kernel/problems/problem.ts';
import { faultOf } from './password-rules.ts';

/**
 * @param own the person's name, address and company
 * @throws Problem `request.invalid` of `password`
 */
export async function checkPassword(password: string, own: readonly string[]): Promise<void> {
  const fault = faultOf(password, own, await commonPasswords());
  if (fault) throw new Problem('request.invalid', {}, [{ field: 'password', code: `password.${fault}` }]);
}

let known: Promise<ReadonlySet<string>> | undefined;

function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= readFile(new URL('common-passwords.json', import.meta.url), 'utf8').then(
    (text) => new Set((JSON.parse(text) as { words: string }).words.split(' ')),
  );
  return known;
}
