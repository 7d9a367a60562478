/**
 * A stored number for people, without the numbering plans of the server's formatting: the country's code, then groups of
 * three, `+370 612 345 67 x5`.
 */
export function formatPhone(value: string): string {
  const [number, extension] = value.split('x') as [string, string?];
  const code = callingCode.exec(number)?.[0];
  if (!code) return value;
  const groups: string[] = number.slice(code.length).match(/\d{1,3}/g) ?? [];
  if (groups.length > 1 && groups.at(-1)!.length === 1) groups.push(groups.splice(-2).join(''));
  return [code, ...groups, ...(extension ? [`x${extension}`] : [])].join(' ');
}

/** ITU-T E.164: the zones 1 and 7 have one digit, these have two, all others three. */
const callingCode = /^\+(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;
