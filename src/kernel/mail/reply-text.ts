/** A mail's text in its three parts. */
export interface ReplyParts {
  /** What the sender wrote this time, also between the lines of what is quoted. */
  readonly text: string;
  /** From the greeting or the two dashes on; empty where there is none. */
  readonly signature: string;
  readonly hasQuote: boolean;
}

/** Lines longer than this are looked at up to here only. */
const LONGEST_LINE = 400;
/** A signature has not more lines. */
const LONGEST_SIGNATURE = 14;

const WROTE =
  /(?:wrote|escribi[oó]|rašė|parašė|schrieb|a écrit|ha scritto|schreef|napisa[łl]\(?a?\)?|пишет|написал\(?а?\)?)\s*[:：]\s*$/iu;
/** How such a line begins: `On`, `El`, a date, a weekday. The verb alone stands at the end of sentences too. */
const WHEN =
  /^\W{0,3}(?:on\b|el\b|am\b|il\b|le\b|op\b|w dniu\b|\d|\p{L}{2,14}[.,]? \d|\p{L}{3,14},\s|.{0,120}<[^<>\s]{1,100}@)/iu;

const FROM = /^[*_\s]{0,4}(?:from|de|nuo|siuntėjas|von|od)\s*:[*_\s]{0,4}\S/iu;
const OTHER =
  /^[*_\s]{0,4}(?:sent|date|to|subject|cc|enviado(?: el)?|fecha|para|asunto|(?:iš)?siųsta|data|kam|gavėjas|iki|tema|gesendet|an|betreff)\s*:/iu;
const DIVIDER =
  /^\s*[-_*]{2,}\s*(?:original message|forwarded message|reenviado|mensaje original|mensaje reenviado|(?:pradinis|originalus) (?:laiškas|pranešimas)|persiunčiamas (?:laiškas|pranešimas)|persiųstas (?:laiškas|pranešimas)|ursprüngliche nachricht|message d'origine)\s*[-_*]{2,}\s*$/iu;
const FORWARDED =
  /^\s*(?:begin forwarded message|inicio del mensaje reenviado|toliau persiunčiamas pranešimas)\s*:\s*$/iu;

const DASHES = /^\s{0,2}(?:--|—|__)\s*$|^_{3,}\s*$|^-{3,}\s*$/;
const DEVICE =
  /^\s*(?:sent|enviado|(?:iš)?siųsta|get|obtener|gesendet|envoyé)\s+(?:from|desde|iš|outlook|via|von|de)\s[^.,;!?]{0,60}$/iu;
const CLOSING =
  /^\s*(?:(?:best|kind|kindest|warm|warmest)(?: regards| wishes)?|regards|sincerely|yours(?: \w+)?|cheers|many thanks|thanks|thank you|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|un abrazo|gracias|muchas gracias|(?:su )?(?:geriausiais linkėjimais|pagarba)|pagarbiai|ačiū|linkėjimai|mit freundlichen grüßen|cordialement)\s*[,.!]?\s*$/iu;
const INITIALS = /^\s{0,2}[-–—~]\s?\p{Lu}[\p{L}.'-]{0,30}(?:\s\p{Lu}[\p{L}.'-]{0,30}){0,3}\s*$/u;

/**
 * Parts what is new in a mail from what it quotes and from the signature. By lines, in one pass: `>`, `On … wrote:` in
 * English, Spanish, Lithuanian and what neighbours write, the header block of Outlook, dividers. Where everything would be
 * quoted (a mail that was only forwarded), all of it is text.
 */
export function readReply(whole: string): ReplyParts {
  const lines = whole.replaceAll(/\r\n?/g, '\n').split('\n');
  const fresh: string[] = [];
  let hasQuote = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.slice(0, LONGEST_LINE);
    // A third of all lines, and none of what is looked for.
    if (line === '') {
      fresh.push(line);
      continue;
    }
    if (/^\s{0,3}>/.test(line)) {
      hasQuote = true;
      continue;
    }
    const introduced = attributionAt(lines, at);
    if (introduced > 0) {
      hasQuote = true;
      at += introduced - 1;
      continue;
    }
    // From here on everything is the earlier mail.
    if (DIVIDER.test(line) || FORWARDED.test(line) || isHeaderBlock(lines, at)) {
      hasQuote = true;
      break;
    }
    fresh.push(lines[at]!);
  }
  while (hasQuote && /^[\s_*-]*$/.test(fresh.at(-1)?.slice(0, LONGEST_LINE) ?? 'x')) fresh.pop();
  const [text, signature] = parted(fresh);
  if (text === '' && signature === '' && hasQuote) return { text: whole.trim(), signature: '', hasQuote: false };
  return text === '' ? { text: signature, signature: '', hasQuote } : { text, signature, hasQuote };
}

/** How many lines from here on say who wrote what follows; 0 for none. Mailers break them at will. */
function attributionAt(lines: readonly string[], at: number): number {
  if (!WHEN.test(lines[at]!.slice(0, LONGEST_LINE))) return 0;
  let joined = '';
  for (let count = 1; count <= 4; count++) {
    const line = lines[at + count - 1];
    if (line === undefined || line.trim() === '' || line.length > LONGEST_LINE) return 0;
    joined += ` ${line.trim()}`;
    if (WROTE.test(line.trim()) || WROTE.test(joined)) return /\d/.test(joined) || joined.includes('@') ? count : 0;
    // `…@example.com>:` and then the quote, without a verb.
    const next = lines.slice(at + count, at + count + 3).find((following) => following.trim() !== '');
    if (/@[^\s<>]{1,100}>?\s*:?\s*$/.test(line) && /\d{1,2}[:.]\d\d/.test(joined) && /^\s{0,3}>/.test(next ?? ''))
      return count;
  }
  return 0;
}

/** `From:` and, within six lines, two more of its kind. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!FROM.test(lines[at]!.slice(0, LONGEST_LINE))) return false;
  const following = lines.slice(at + 1, at + 8).filter((line) => OTHER.test(line.slice(0, LONGEST_LINE)));
  return following.length >= 2;
}

/** The signature is what stands last: after dashes, a closing, a device's boast, or the initials. */
function parted(lines: readonly string[]): [text: string, signature: string] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]!.trim() === '') end--;
  const kept = lines.slice(0, end);
  const first = Math.max(0, end - LONGEST_SIGNATURE);
  let from = end;
  for (let at = end - 1; at >= first; at--) {
    const line = kept[at]!.slice(0, LONGEST_LINE);
    const isLast = kept.slice(at + 1, from).every((following) => following.trim() === '');
    if (DASHES.test(line) || CLOSING.test(line) || (isLast && INITIALS.test(line))) from = at;
    else if (
      DEVICE.test(line) &&
      kept.slice(at + 1, from).filter((following) => following.trim() !== '').length < 2 &&
      wordsOf(line) <= 8
    )
      from = at;
  }
  return [kept.slice(0, from).join('\n').trim(), kept.slice(from).join('\n').trim()];
}

function wordsOf(line: string): number {
  return line.trim().split(/\s+/).length;
}
