import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realData } from '../transfer/test-data.ts';

const archives = [
  'cpython_test_email_data',
  'github_email_reply_parser',
  'mikel_mail_fixtures',
  'nodemailer_mailparser_fixtures',
  'sisimai_bounces_odd',
] as const;

/** The files of a corpus by their paths in it. */
export function unpackMails(archive: (typeof archives)[number]): Map<string, Buffer> {
  const folder = realData.unpack('mail', `${archive}.tar.gz`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(LICENSE.*|README.*|\.gitattributes)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

export function unpackAllMails(): Map<string, Buffer> {
  return new Map(
    archives.flatMap((archive) => Array.from(unpackMails(archive), ([path, raw]) => [`${archive}/${path}`, raw])),
  );
}

/** A mail in lines; `\n` becomes what mails have. */
export function mail(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\n').replaceAll(/\r?\n/g, '\r\n'), 'utf8');
}
