import { asAddress } from './address.ts';

/** What a signature says about its sender. Guesses, for somebody to confirm; null where nothing looks like it. */
export interface Signature {
  readonly name: string | null;
  readonly title: string | null;
  readonly company: string | null;
  /** As written: `+370 612 34567`, `91 555 12 34`. */
  readonly phones: readonly string[];
  readonly addresses: readonly string[];
  readonly links: readonly string[];
}

const MOST_LINES = 20;
const TITLE =
  /\b(?:manager|director|head of|chief|ceo|cto|cfo|coo|founder|owner|president|partner|engineer|developer|consultant|assistant|coordinator|specialist|officer|representative|accountant|lawyer|analyst|designer|architect|sales|gerente|director[a]?|jef[ea]|responsable|ingenier[oa]|asesor[a]?|comercial|administrativ[oa]|abogad[oa]|contable|técnic[oa]|soci[oa])\b|(?:vadov|direktor|vadybinink|inžinier|buhalter|specialist|konsultant|administrator|teisinink|savinink|projektuotoj)\p{L}*/iu;
const COMPANY =
  /(?:^|[\s,„"“])(?:UAB|AB|MB|VšĮ|IĮ|S\.?\s?L\.?(?:U\.?)?|S\.?\s?A\.?(?:U\.?)?|S\.?\s?Coop\.?|Ltd\.?|Limited|Inc\.?|LLC|LLP|PLC|GmbH|AG|B\.?V\.?|N\.?V\.?|OÜ|SIA|SpA|S\.?r\.?l\.?|Sp\. z o\.o\.|Oy|A\/S|Corp\.?|Co\.|Group)(?=$|[\s,.”“"])/u;
const PHONE = /(?:\+|\b00)?\(?\d[\d\s().\-/]{6,20}\d/g;
const LABEL =
  /^\s*(?:t|m|p|f|tel|mob|mobile|phone|cell|office|direct|fax|móvil|movil|teléfono|telf|mobilus|telefonas|faksas|e-?mail|mail|correo|el\.? ?p(?:aštas|\.)?|web|www|http\S*)\.?\s*[:.]/iu;

/** @param senderName what the mail's From calls its sender */
export function readSignature(text: string, senderName: string): Signature {
  const lines = text
    .split('\n')
    .slice(0, MOST_LINES)
    .flatMap((line) => line.slice(0, 300).split(/\s*[|•·]\s*|\s{3,}/))
    .map((line) => line.replaceAll(/^[\s*_>-]+|[\s*_,;]+$/g, ''))
    .filter((line) => line !== '');
  const phones = new Set<string>();
  const addresses = new Set<string>();
  const links = new Set<string>();
  let name: string | null = null;
  let title: string | null = null;
  let company: string | null = null;
  for (const line of lines) {
    for (const found of line.match(/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g) ?? []) {
      const address = asAddress(found);
      if (address) addresses.add(address);
    }
    for (const found of line.match(/(?:https?:\/\/|www\.)[^\s<>()"']{3,200}/gi) ?? [])
      links.add(found.replace(/[.,]$/, ''));
    const bare = line.replaceAll(/\S{1,64}@\S{1,200}|(?:https?:\/\/|www\.)\S{1,200}/gi, ' ');
    const isFax = /^\s*f(?:ax|aksas)?\b\.?\s*[:.]/i.test(line);
    for (const [found] of isFax ? [] : bare.matchAll(PHONE)) {
      const figures = found.replaceAll(/\D/g, '').length;
      const isDate = /\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b/.test(found);
      // Postal codes and company numbers have no blanks, brackets or plus sign.
      const looksSo = /[+\s().-]/.test(found.trim()) || LABEL.test(line);
      if (figures >= 7 && figures <= 15 && !isDate && looksSo) phones.add(found.trim());
    }
    if (LABEL.test(line) || /\d{4,}/.test(line) || line.includes('@')) continue;
    if (!company && COMPANY.test(line)) company = line;
    else if (!title && TITLE.test(line) && line.length < 80) title = line;
    else if (!name && isNameLike(line, senderName)) name = line;
  }
  // `Ana Ruiz, Sales Director` and `Sales Director, UAB Litera`
  if (!name && title?.includes(',') && isNameLike(title.split(',')[0]!, senderName)) {
    name = title.split(',')[0]!.trim();
    title = title.slice(title.indexOf(',') + 1).trim();
  }
  if (company?.includes(',') && TITLE.test(company.split(',')[0]!)) {
    title ??= company.split(',')[0]!.trim();
    company = company.slice(company.indexOf(',') + 1).trim();
  }
  return { name, title, company, phones: [...phones], addresses: [...addresses], links: [...links] };
}

/** Two to four words in capital initials; one that the sender is called is enough. */
function isNameLike(line: string, senderName: string): boolean {
  const words = line.split(/\s+/);
  if (words.length > 4 || !words.every((word) => /^(?:\p{Lu}[\p{L}.'’-]*|de|del|la|van|von|der)$/u.test(word)))
    return false;
  const known = new Set(senderName.toLowerCase().split(/\s+/));
  return words.some((word) => word.length > 1 && known.has(word.toLowerCase())) || words.length >= 2;
}
