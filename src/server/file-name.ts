import { basename } from 'node:path';

/** The last part of a path, without what no file system likes, in at most 200 characters with its ending kept. */
export function cleanFileName(given: string | undefined): string {
  // Browsers write a quotation mark in a name like this (HTML, multipart/form-data).
  const name = basename((given ?? '').replaceAll('\\', '/').replaceAll('%22', '"'))
    .toWellFormed()
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these and the signs that turn the reading direction lie about a name
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/g, '')
    .trim();
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? '';
  const short = name.length > 200 ? `${name.slice(0, 200 - ending.length)}${ending}`.toWellFormed() : name;
  return short === '' || short === '.' || short === '..' ? 'file' : short;
}
