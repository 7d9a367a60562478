import { asAddress } from './address.ts';
import type { Attachment, Message } from './message.ts';

/** What a mail server says about a mail that it could not, or not yet, deliver. */
export interface Bounce {
  /**
   * `hard`: the address does not exist, writing again is no use. `soft`: not this time (full, refused, blocked). `delayed`: it
   * is still being tried. `complaint`: the reader marked it as spam. `delivered`: a receipt.
   */
  readonly kind: BounceKind;
  readonly recipients: readonly BouncedRecipient[];
  /** Of the mail that came back; null where the report does not enclose it. */
  readonly messageId: string | null;
}

export type BounceKind = 'hard' | 'soft' | 'delayed' | 'complaint' | 'delivered';

export interface BouncedRecipient {
  /** Null where the report does not name it. */
  readonly address: string | null;
  readonly kind: BounceKind;
  /** RFC 3463, `5.1.1`; null where neither the report nor the server's answer has one. */
  readonly status: string | null;
  readonly reason: BounceReason;
  /** What the server said, in one line, at most 500 letters. */
  readonly diagnostic: string;
}

export type BounceReason =
  | 'no-such-address'
  | 'no-such-domain'
  | 'moved'
  | 'domain-takes-no-mail'
  | 'mailbox-full'
  | 'mailbox-disabled'
  | 'too-big'
  | 'spam'
  | 'virus'
  | 'content'
  | 'authentication'
  | 'reputation'
  | 'policy'
  | 'relaying'
  | 'too-many'
  | 'expired'
  | 'network'
  | 'system'
  | 'refused'
  | 'complaint'
  | 'delivered'
  | 'unknown';

const HARD: ReadonlySet<BounceReason> = new Set(['no-such-address', 'no-such-domain', 'moved', 'domain-takes-no-mail']);

/** Null for a mail that is no report about another one. */
export function readBounce(message: Message): Bounce | null {
  const told = notificationIn(message.text);
  if (told) return told;
  const complaint =
    partOf(message, 'message/feedback-report') ??
    (/^complaint about message from/i.test(message.subject) ? partOf(message, 'message/rfc822') : undefined);
  const report = complaint ? null : reportOf(message);
  if (!complaint && !report && !isFromServer(message)) return null;
  const original = originalOf(message);
  const messageId = idOf(original);
  if (complaint) {
    const fields = groupsOf(textOf(complaint)).flatMap((group) => [...group]);
    const rcpt = fields.find(([name]) => /^(original-rcpt-to|removal-recipient)$/.test(name))?.[1] ?? '';
    const address = addressIn(rcpt) ?? addressIn(headerIn(original, 'to'));
    const one = { address, kind: 'complaint', status: null, reason: 'complaint', diagnostic: '' } as const;
    return { kind: 'complaint', recipients: [one], messageId };
  }
  const human = humanText(message);
  const said = report ? recipientsOf(report, human, original) : [];
  const recipients = said.length === 0 && isFromServer(message) ? guessed(message, human, original) : said;
  if (recipients.length === 0) return null;
  return { kind: worstOf(recipients), recipients, messageId };
}

type Fields = Map<string, string>;

/** Amazon SES writes what happened as JSON. */
function notificationIn(text: string): Bounce | null {
  if (!text.includes('"notificationType"') && !text.includes('"eventType"')) return null;
  const start = text.search(/\{\s*"(?:notificationType|eventType)"/);
  if (start < 0) return null;
  let said: Record<string, never>;
  try {
    // Mailers break its only line.
    said = JSON.parse(text.slice(start, text.lastIndexOf('}') + 1).replaceAll(/\s*\n\s*/g, ' '));
  } catch {
    return null;
  }
  const { notificationType, eventType, mail, complaint, delivery, bounce } = said as Record<
    string,
    Record<string, unknown>
  >;
  const type = String(notificationType ?? eventType);
  const named = complaint?.complainedRecipients ?? bounce?.bouncedRecipients ?? delivery?.recipients ?? [];
  const recipients = (Array.isArray(named) ? named : []).slice(0, 1_000).map((one: unknown): BouncedRecipient => {
    const { emailAddress, status, diagnosticCode, action } = (
      typeof one === 'string' ? { emailAddress: one } : one
    ) as Record<string, string>;
    const address = asAddress(String(emailAddress ?? ''));
    if (type === 'Complaint') return { address, kind: 'complaint', status: null, reason: 'complaint', diagnostic: '' };
    const diagnostic = String(diagnosticCode ?? delivery?.smtpResponse ?? '');
    return judged(
      address,
      type === 'Delivery' ? 'delivered' : String(action ?? ''),
      statusIn(String(status ?? '')),
      diagnostic,
      '',
      '',
    );
  });
  if (recipients.length === 0) return null;
  const id = (mail?.commonHeaders as Record<string, unknown> | undefined)?.messageId ?? mail?.messageId;
  return {
    kind: worstOf(recipients),
    recipients,
    messageId: typeof id === 'string' ? id.replaceAll(/[<>]/g, '') : null,
  };
}

function worstOf(recipients: readonly BouncedRecipient[]): BounceKind {
  const order: BounceKind[] = ['complaint', 'hard', 'soft', 'delayed', 'delivered'];
  return order.find((kind) => recipients.some((recipient) => recipient.kind === kind)) ?? 'soft';
}

function partOf(message: Message, type: string): Attachment | undefined {
  return message.attachments.find((part) => part.type === type);
}

function textOf(part: Attachment): string {
  return Buffer.from(part.bytes.subarray(0, 200_000)).toString('utf8').replaceAll(/\r\n?/g, '\n');
}

function reportOf(message: Message): Fields[] | null {
  const part = message.attachments.find(({ type }) => /^message\/(global-)?delivery-status$/.test(type));
  if (part) return groupsOf(textOf(part));
  // Some servers send the fields as text.
  // What nearly no text has is found out without the regular expression, which takes 8 µs of each mail.
  const letters = message.text.toLowerCase();
  if (!letters.includes('-mta:') && !letters.includes('-recipient:')) return null;
  const inText = /^(?:Reporting-MTA|Final-Recipient|Original-Recipient):/im.exec(message.text);
  return inText && /^Action:/im.test(message.text) ? groupsOf(message.text.slice(inText.index)) : null;
}

/** Groups of `Name: value` lines between empty ones, names in small letters. */
function groupsOf(text: string): Fields[] {
  return text
    .replaceAll(/\n[ \t]+(?=\S)/g, ' ')
    .split(/\n[ \t]*\n/)
    .map((group) => {
      const fields: Fields = new Map();
      for (const line of group.split('\n').slice(0, 200)) {
        const [, name, value] = /^([\w-]{2,60}):[ \t]*(.*)$/.exec(line) ?? [];
        if (name && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value!.trim());
      }
      return fields;
    })
    .filter(({ size }) => size > 0);
}

function recipientsOf(groups: readonly Fields[], human: string, original: string): BouncedRecipient[] {
  const found: { address: string | null; action: string; said: string | null; diagnostic: string }[] = [];
  for (const group of groups.slice(0, 1_000)) {
    const named = ['original-recipient', 'final-recipient', 'x-actual-recipient'].map((name) => group.get(name) ?? '');
    if (named.every((value) => value === '') && !group.has('action')) continue;
    const address = named.map(addressIn).find((address) => address !== null) ?? addressIn(headerIn(original, 'to'));
    const action = (group.get('action') ?? '').toLowerCase();
    const diagnostic = group.get('diagnostic-code') ?? group.get('x-display-name') ?? '';
    const said = statusIn(group.get('status') ?? '');
    found.push({ address, action, said, diagnostic });
  }
  const all = found.map(({ address }) => address);
  return found.map(({ address, action, said, diagnostic }) =>
    judged(address, action, said, diagnostic, about(human, address, all), human),
  );
}

/** A report without fields for machines: what it says to people. */
function guessed(message: Message, human: string, original: string): BouncedRecipient[] {
  const isReport =
    /^multipart\/report/i.test(message.headers['content-type'] ?? '') ||
    message.headers['x-failed-recipients'] !== undefined ||
    /undeliver|unable to deliver|mail failed|failed delivery|error sending|errors from|deliver(?:y|ed|ability)? ?(?:status|fail|problem|report|error|notif|incident|delay|has)|returned|return to sender|failure notice|mail (?:delivery|system)|non-? ?delivery|could ?n.t|bounce|not be sent|(?:permanent|temporary) error|delayed \d+ hours|loop alert|devuelto|no (?:se )?(?:pudo )?entrega|nepristatyt|エラー/i.test(
      message.subject,
    ) ||
    /could not be delivered|delivery (?:to the following|has failed)|undeliverable|user unknown|wasn't able to deliver|permanent fatal errors|returned to sender|did not reach the following|unable to deliver|trouble delivering|returned permanent errors|invalid user address|transcript of session follows/i.test(
      human,
    );
  if (!isReport) return [];
  const failed = (message.headers['x-failed-recipients'] ?? '').split(',').map(addressIn);
  const first =
    [...failed, ...addressesIn(human), addressIn(headerIn(original, 'to'))].find((found) => found !== null) ?? null;
  const all = failed.filter((found) => found !== null);
  const isDelay =
    /will (?:be retried|retry|continue|keep) |not yet been delivered|delayed|still (?:being )?(?:trying|in the queue)|warning message only/i.test(
      `${message.subject}\n${human}`,
    );
  const transcript = transcribed(human);
  if (all.length === 0 && transcript.length > 0)
    return transcript.map(({ address, answer, phase }) => judged(address, '', null, answer, answer, phase || human));
  const named = all.length > 0 ? all : listed(human);
  return (named.length > 0 ? named : [first]).map((address, _, those) =>
    judged(address, isDelay ? 'delayed' : '', null, '', about(human, address, those), human),
  );
}

/** `550 <ana@example.com>... User unknown`: sendmail's transcript. */
function transcribed(human: string): { address: string; answer: string; phase: string }[] {
  const answers = new Map<string, { answer: string; phase: string }>();
  for (const { 0: line, 1: text, index } of human.matchAll(
    /^[45]\d\d (?:[45]\.\d\.\d{1,3} )?<?([^\s<>]{1,100}@[^\s<>]{1,200})>?\.\.\. .{3,500}$/gm,
  )) {
    const address = asAddress(text!);
    if (address && !answers.has(address))
      answers.set(address, { answer: line, phase: lastCommand(human.slice(0, index)) });
  }
  return Array.from(answers, ([address, said]) => ({ address, ...said }));
}

function lastCommand(transcript: string): string {
  const at = transcript.lastIndexOf('\n>>> ');
  return at < 0 ? '' : transcript.slice(at + 1).split('\n')[0]!;
}

/** `<ana@example.com>:` on a line of its own, a reason below: how qmail and its kin list them. */
function listed(human: string): string[] {
  const found = Array.from(human.matchAll(/^\s{0,8}[<"]?([\w.+=-]{1,64}@[\w.-]{3,200})[>"]?:?\s*$/gm), ([, text]) =>
    asAddress(text!),
  );
  return [...new Set(found)].filter((address) => address !== null);
}

/** What is said after an address, up to the next one: a report about several says something else of each. */
function about(human: string, address: string | null, others: readonly (string | null)[]): string {
  const text = human.toLowerCase();
  const at = address === null ? -1 : text.indexOf(address.toLowerCase());
  if (at < 0) return human;
  const ends = others
    .filter((other) => other !== null && other !== address)
    .map((other) => text.indexOf(other!.toLowerCase(), at))
    .filter((end) => end > at + 20);
  return ends.length === 0 && others.length < 2 ? human : human.slice(at, Math.min(...ends, human.length));
}

function judged(
  address: string | null,
  action: string,
  said: string | null,
  diagnostic: string,
  human: string,
  whole: string,
): BouncedRecipient {
  const own = lastAnswer(diagnostic).replace(/^\s*(?:smtp|x-[\w-]+|unknown|dns)\s*;\s*/i, '');
  const answer = own.length > 12 ? own : `${own} ${human}`;
  const inAnswer = statusInAnswer(answer) ?? (own.length > 12 ? statusInAnswer(human) : null);
  const status = said === null || isVague(said) ? (inAnswer ?? said) : said;
  const shown = oneLine(own || lineAbout(human)).slice(0, 500);
  const base = { address, status, diagnostic: shown };
  if (/^(?:delivered|relayed|expanded)$/.test(action)) return { ...base, kind: 'delivered', reason: 'delivered' };
  const byText = reasonOf(answer) ?? (own.length > 12 ? reasonOf(human) : null);
  const given = reasonOfBoth(status, byText, answer);
  const reason = given === 'no-such-address' || given === 'refused' ? inItsPhase(given, status, whole) : given;
  if (action === 'delayed') return { ...base, kind: 'delayed', reason };
  return { ...base, kind: HARD.has(reason) ? 'hard' : 'soft', reason };
}

/** Gateways put the other server's answer inside their own: `550-'5.2.2 … Mailbox Full'`. */
function lastAnswer(diagnostic: string): string {
  return /\b[45]\d\d-'([245]\.\d{1,3}\.\d{1,3} .+)'/.exec(diagnostic)?.[1] ?? diagnostic;
}

/**
 * What was refused is told by when it was: an address that is refused once the text was seen does exist, a filter says so;
 * after the sender's name it is the sender.
 */
function inItsPhase(reason: BounceReason, status: string | null, whole: string): BounceReason {
  if (/in reply to MAIL FROM|after MAIL FROM/i.test(whole)) return 'policy';
  const isAfterText =
    /in reply to (?:end of )?DATA|^>>> DATA|SMTP command\n+DATA|after (?:end of )?data|end of data\b/im.test(whole);
  const isCertain = /^5\.1\.\d/.test(status ?? '') || /have an? .{1,60}account/i.test(whole);
  return isAfterText && !isCertain ? 'refused' : reason;
}

/** What the words say counts; the number decides where they say nothing, or what no words can outdo. */
function reasonOfBoth(status: string | null, byText: BounceReason | null, answer: string): BounceReason {
  const byStatus = status ? reasonOfStatus(status) : null;
  // Filters call a user unknown whom they do not want to hear of it.
  if (byText === 'no-such-address' && status && /^5\.7\./.test(status)) return 'policy';
  if (byText) return byText;
  if (byStatus) return byStatus;
  return /\b55[0-4]\b|^5\./.test(answer) ? 'refused' : 'unknown';
}

/** RFC 3463 and its registry. */
const statuses: Readonly<Record<string, BounceReason>> = {
  '1.0': 'no-such-address',
  '1.1': 'no-such-address',
  '1.2': 'no-such-domain',
  '1.3': 'no-such-address',
  '1.6': 'moved',
  '1.7': 'refused',
  '1.8': 'refused',
  '1.10': 'domain-takes-no-mail',
  '2.1': 'mailbox-disabled',
  '2.2': 'mailbox-full',
  '2.3': 'too-big',
  '3.1': 'system',
  '3.2': 'domain-takes-no-mail',
  '3.4': 'too-big',
  '4.1': 'expired',
  '4.4': 'no-such-domain',
  '4.6': 'network',
  '4.7': 'expired',
  '5.3': 'too-many',
  '6.0': 'content',
  '7.1': 'policy',
  '7.25': 'reputation',
  '7.26': 'authentication',
};

function reasonOfStatus(status: string): BounceReason | null {
  const [kind, subject, detail] = status.split('.');
  const known = statuses[`${subject}.${detail}`];
  if (known) return kind === '4' && HARD.has(known) ? 'network' : known;
  const general: Record<string, BounceReason> = {
    2: 'mailbox-disabled',
    3: 'system',
    4: 'network',
    6: 'content',
    7: 'policy',
  };
  return general[subject!] ?? null;
}

/** In this order: what is special before what is general. */
const sayings: readonly (readonly [BounceReason, RegExp])[] = [
  ['virus', /\bvirus(?!total)|malware|infected|(?:suspicious|prohibited|dangerous) (?:file|attachment)/i],
  [
    'authentication',
    /\bspf\b(?! ?=? ?pass)|\bdkim\b(?! ?=? ?pass)|\bdmarc\b(?! ?=? ?pass)|sender policy framework|not allowed to send from|unauthenticated (?:e-?)?mail/i,
  ],
  ['no-such-domain', /account or domain may not exist/i],
  ['network', /malformed or unexpected name server reply|host not reachable|error_code :421/i],
  [
    'reputation',
    /black ?list|block ?list|\b(?:dns|r)bl\b|spamhaus|spamcop|barracuda|reputation|open relay|reverse (?:dns|hostname|lookup)|\bptr\b|no access from mail server|blocked using|\bbanned\b|client host .{0,60}(?:blocked|rejected)|cannot send e-?mail to yourself/i,
  ],
  [
    'policy',
    /(?:domain of )?sender(?:'s)?(?: address| domain)? .{0,80}(?:does ?n.t exist|not exist|rejected|denied|not found|invalid|unknown)|unrouteable sender|sender .{0,20}verif|(?:return|sender).{0,20}address .{0,20}(?:refused|rejected)|couldn't create|too many hops|mail loop|access denied/i,
  ],
  [
    'mailbox-full',
    /(?:mail ?box|inbox|account|storage|disk)\W.{0,40}(?:full|exceed|over|limit|size)|over ?quota|quota|insufficient (?:system |disk )?storage|out of storage|(?:full|too large) mailbox|not enough (?:storage |disk )?space|too much mail/i,
  ],
  [
    'moved',
    /has moved|no longer (?:here|at|with)|address (?:has|is) changed|(?:recipient|user) has been replaced|user not local; please try|new address is/i,
  ],
  [
    'no-such-address',
    /(?:unknown|invalid|no such|bad|non-?existent|nonexistent|undefined)(?: local| email| e-mail| mail| destination| virtual| this)?[- ]?(?:user|recipient|mailbox|account|address(?:ee)?|person|alias)|(?:user|recipient|mailbox|account|address|name)(?: \S{1,80})?(?:\(s\))?(?: is| was)?:? ?(?:unknown|not (?:found|exist|known|listed|here|valid)|invalid|unrecognized|does ?n.t (?:exist|have)|do(?:es)? not (?:exist|have)|no such)|no (?:mailbox|account|valid recipients|such (?:person|address|local|entry))|does ?n.t have an? .{1,60}account|is not a (?:known|valid|registered)|not a valid (?:user|recipient|mailbox|address)|couldn't be found|can.?t (?:be )?f(?:i|ou)nd (?:the )?(?:user|recipient|mailbox)|not listed in|does not like recipient|no one (?:here )?by that name|usuario desconocido|buzón no existe|is not known (?:here|at)|invalid (?:user|recipient) ?(?:name|address)|invalid .{0,20}user ?id|\(000C05A6\) Unknown/i,
  ],
  [
    'too-big',
    /message (?:size |is )?(?:too (?:big|large)|exceeds)|size (?:limit )?exceed|exceeds .{0,40}(?:size|limit)|too large|message length exceeds/i,
  ],
  [
    'no-such-domain',
    /(?:host|domain)(?: name)?(?: is)?:? (?:unknown|not found|does ?n.t exist|lookup failed|not exist|may not exist)|unknown (?:host|domain)|no such (?:host|domain)|host or domain name not found|nxdomain|unroute?able (?:mail )?(?:domain|address)|(?:bad|invalid) (?:destination )?(?:host|domain)|couldn't find any host named|can.?t find .{0,30}(?:domain|host)|domain is not reachable|domain .{0,60}(?:does ?n.t|not) exist|illegal host|recipient.{0,30}domain .{0,30}(?:invalid|not found)/i,
  ],
  [
    'domain-takes-no-mail',
    /(?:host|domain|server|does) .{0,40}(?:not|n.t) (?:accept|receive) (?:any )?(?:e-?)?mail|null ?mx|no valid mx|no mx (?:record )?(?:found|hosts)|mx records? point to non-existent|no mail server for|no smtp service|only accepts mail from|smtp protocol returned a permanent error/i,
  ],
];

/** Without addresses and links, which may be called anything. */
function reasonOf(words: string): BounceReason | null {
  const text = words.replaceAll(/https?:\S{1,500}|[\w.+=-]{1,100}@[\w.-]{1,200}/g, '');
  return sayings.find(([, saying]) => saying.test(text))?.[0] ?? null;
}

function statusIn(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? null;
}

/** `550 5.1.1`, `(#5.1.1)`: not any three numbers, which versions and addresses have too. */
function statusInAnswer(text: string): string | null {
  const found = Array.from(
    text.matchAll(
      /(?:^|\b[245]\d\d[ -]+|[([#]{1,2}|\b(?:said|status|code|smtp|error):? *)#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])/gim,
    ),
    ([, status]) => status!,
  );
  return found.find((status) => !isVague(status)) ?? found[0] ?? null;
}

/** `5.0.0` and `4.4.7` say that it failed or took too long; the answer says why. */
function isVague(status: string): boolean {
  return /^[245]\.(?:0|5)\.0$|^4\.4\.7$/.test(status);
}

function isFromServer({ from, headers, subject }: Message): boolean {
  const sender = `${from?.address ?? ''} ${from?.name ?? ''}`;
  return (
    /mailer-?daemon|post_?master@|system administrator|mail ?delivery|mail ?(?:system|administrator)|maildaemon|mail.{0,10}(?:daemon|subsystem)/i.test(
      sender,
    ) ||
    /^<?>?$/.test(headers['return-path'] ?? 'x') ||
    /^multipart\/report/i.test(headers['content-type'] ?? '') ||
    headers['x-failed-recipients'] !== undefined ||
    /undeliver|failure notice|returned mail|delivery (?:status|failure)|loop alert|メールエラー/i.test(subject)
  );
}

/** The report's own words, without the mail that it sends back. */
function humanText({ text }: Message): string {
  const end =
    /^(?:-{2,}|={3,}|_{5,})?\s*(?:Original (?:message|mail)|Returned message|This is a copy of|Below this line is a copy|Message header follows|Unsent message|Included is a copy|The header(?:s)? of the original|Enclosed is a copy|Undelivered message|Received: (?:from|by) |Return-Path: <)/im.exec(
      text,
    )?.index ?? text.length;
  return text.slice(0, Math.min(end > 40 ? end : text.length, 20_000));
}

/** Headers, and perhaps the whole, of the mail that came back. */
function originalOf(message: Message): string {
  const part = message.attachments.find(({ type }) =>
    /^(?:message\/(?:rfc822|global|partial)|text\/rfc822-headers?)$/.test(type),
  );
  const text = part ? textOf(part) : message.text;
  const start = part ? 0 : (/^(?:Received|Return-Path|Message-ID|From|Date): /im.exec(text)?.index ?? text.length);
  return text.slice(start, start + 50_000);
}

function headerIn(text: string, name: string): string {
  return new RegExp(`^[> \\t]*${name}:[ \\t]*(.{1,500})$`, 'im').exec(text)?.[1] ?? '';
}

function idOf(original: string): string | null {
  return /<([^<>\s]{3,900})>/.exec(headerIn(original.replaceAll(/\n[ \t]+/g, ' '), 'message-id'))?.[1] ?? null;
}

function addressesIn(text: string): string[] {
  return Array.from(text.matchAll(/[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g), ([found]) =>
    asAddress(found),
  )
    .filter((found) => found !== null)
    .filter((found) => !/^(?:postmaster|mailer-daemon)@/i.test(found));
}

function addressIn(text: string): string | null {
  const bare = text
    .replace(/^[\w-]+\s*;\s*/, '')
    .replaceAll(/[<>]/g, ' ')
    .trim();
  return asAddress(bare) ?? addressesIn(bare)[0] ?? null;
}

function lineAbout(human: string): string {
  return human.split('\n').find((line) => /\b[45]\d\d\b|unknown|error|fail|reject|denied|full/i.test(line)) ?? '';
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
