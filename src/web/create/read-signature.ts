/** What a signature, a business card or the head of a letter tells of a person or company. */
export interface Signature {
  name: string | null;
  company: string | null;
  jobTitle: string | null;
  emails: string[];
  phones: { value: string; label: string | null }[];
  url: string | null;
  address: { street: string | null; postcode: string | null; city: string | null; country: string | null } | null;
}

const email = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
const phone = /(?:\+|\b00|\(|\b)\d[\d\s().\-/–]{5,}\d(?:\s*(?:x|ext\.?|vid\.)\s*\d{1,5})?/giu;
const url =
  /\b(?:https?:\/\/|www\.)[^\s<>"]+|(?<![@\w.-])[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.(?:lt|es|com|eu|net|org|lv|ee|pl|de|fr|pt|io)\b(?:\/[^\s<>"]*)?/iu;
/** `LT-49001 Kaunas`, `28013 Madrid`, `1012 AB Amsterdam`. */
const town = /^(?:([A-Z]{1,2})[- ])?(\d{2}-\d{3}|\d{4,5}(?: ?[A-Z]{2}\b)?)[,\s]+(\p{Lu}[\p{L}'’. -]{1,60})$/u;
const street =
  /\b(?:g|pr|al|pl|gatvė|prospektas|alėja|calle|c|avda|avenida|plaza|paseo|street|st|road|rd|avenue|ave|str|straße|ul|iela)\b\.?/iu;
const legal =
  /(?:^|[\s„"“,])(?:UAB|AB|MB|VšĮ|IĮ|VĮ|KB|S\.? ?L\.?(?: ?U\.?)?|S\.? ?A\.?(?: ?U\.?)?|S\.? ?Coop\.?|SIA|OÜ|AS|Ltd\.?|Limited|LLC|Inc\.?|GmbH|AG|B\.?V\.?|S\.?r\.?l\.?|Sp\. ?z ?o\.? ?o\.?)(?=$|[\s„"“”,.])/u;
const greeting =
  /^(?:pagarbiai|su pagarba|geros dienos|saludos|un saludo|atentamente|cordialmente|kind regards|best regards|regards|best|thanks|thank you|ačiū|gracias|cheers)[\s,.!]*$/iu;
const mobile = /(?:mob|m[oó]vil|cell|^m[.:])/iu;
const fax = /(?:fax|faks)/iu;
/** Nobody's signature is longer; a pasted letter is not read to its end. */
const mostLines = 60;

/** Never fails: what is not recognised is left out. */
export function readSignature(text: string): Signature {
  const found: Signature = {
    name: null,
    company: null,
    jobTitle: null,
    emails: [],
    phones: [],
    url: null,
    address: null,
  };
  const rest: string[] = [];
  for (const whole of linesOf(text)) {
    let line = whole;
    for (const [address] of line.matchAll(email)) if (!found.emails.includes(address)) found.emails.push(address);
    line = line.replace(email, ' ');
    const site = url.exec(line)?.[0];
    if (site) {
      found.url ??= site.replace(/[.,;]$/, '');
      line = line.replace(site, ' ');
    }
    if (readTown(line.trim(), found)) continue;
    line = readPhones(line, found);
    const words = line
      .replace(
        /(?:^|[\s|·])(?:tel|phone|t[eé]l[eé]fono?|telefonas|mob(?:ile|\.)?|m[oó]vil|fax|faks(?:as)?|e-?mail|el\. ?paštas|correo|web|www|[temfw])\s*[.:]+(?=\s|$)/giu,
        ' ',
      )
      .replace(/^[\s|·,;:–-]+|[\s|·,;:–-]+$/gu, '')
      .replace(/\s+/g, ' ');
    if (words) rest.push(...words.split(/\s*[|·]\s*/).filter(Boolean));
  }
  for (const line of rest) readWords(line, found);
  return found;
}

/** Worth asking: several lines, or an address beside other words. */
export function looksLikeSignature(text: string): boolean {
  const lines = linesOf(text);
  if (lines.length < 2) return false;
  const { name, company, emails, phones } = readSignature(text);
  return [name ?? company, emails[0], phones[0]].filter(Boolean).length >= 2;
}

/** `Rasa Marija Petraitytė` → first name and the rest; `Petraitytė, Rasa` the other way round. */
export function splitName(name: string): { firstName: string; lastName: string | null } {
  const [last, first] = name.split(/\s*,\s*/);
  if (first) return { firstName: first, lastName: last! };
  const [head = '', ...others] = name.split(/\s+/);
  return { firstName: head, lastName: others.join(' ') || null };
}

function linesOf(text: string): string[] {
  return text
    .slice(0, 10_000)
    .split(/\r?\n|\t/)
    .map((line) => line.trim().slice(0, 300))
    .filter((line) => line !== '' && line !== '--' && !greeting.test(line))
    .slice(0, mostLines);
}

function readPhones(line: string, found: Signature): string {
  let before = '';
  return line.replace(phone, (match, offset: number) => {
    const digits = match.replace(/\D/g, '');
    before = line.slice(Math.max(0, offset - 14), offset);
    if (digits.length < 7 || digits.length > 16) return match;
    if (!fax.test(before)) {
      const value = match.trim();
      const isKnown = found.phones.some((one) => one.value.replace(/\D/g, '') === digits);
      if (!isKnown) found.phones.push({ value, label: mobile.test(before.trim()) ? 'mobile' : null });
    }
    return ' ';
  });
}

/** The line with the postcode, alone or after the street: `Aušros g. 64, LT-49001 Kaunas, Lithuania`. */
function readTown(line: string, found: Signature): boolean {
  const parts = line.split(/\s*,\s*/);
  const at = parts.findIndex((part) => town.test(part));
  if (at === -1) return false;
  const [, , postcode, city] = town.exec(parts[at]!)!;
  const before = parts.slice(0, at).join(', ');
  found.address = {
    street: before || (found.address?.street ?? null),
    postcode: postcode!,
    city: city!.trim(),
    country: parts[at + 1] ?? null,
  };
  return true;
}

function readWords(line: string, found: Signature): void {
  if (legal.test(line)) {
    found.company ??= line;
  } else if (/\d/.test(line)) {
    if (street.test(line) && found.address !== null) found.address.street ??= line;
    else if (street.test(line)) found.address = { street: line, postcode: null, city: null, country: null };
  } else if (found.name === null && isName(line)) {
    found.name = line;
  } else if (found.name !== null && found.jobTitle === null && line.length < 80) {
    found.jobTitle = line;
  }
}

/** Two to four words that begin with a capital, particles aside. */
function isName(line: string): boolean {
  const words = line.replace(',', '').split(' ');
  const small = new Set(['de', 'del', 'la', 'las', 'los', 'van', 'von', 'der', 'da', 'di', 'y']);
  const named = words.filter((word) => !small.has(word));
  return named.length >= 2 && words.length <= 5 && named.every((word) => /^\p{Lu}[\p{L}'’.-]*$/u.test(word));
}
