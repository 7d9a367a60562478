import type { Message } from './message.ts';

export interface Automatic {
  /**
   * `reply`: an answer that no person wrote (out of office, "we got your mail"). `notice`: something that a program sends by
   * itself. `list`: sent to many. Null for what a person wrote.
   */
  readonly kind: 'reply' | 'notice' | 'list' | null;
  /** Whether a program may answer it: RFC 3834 §2 keeps two programs from writing to each other for ever. */
  readonly mayBeAnswered: boolean;
}

const AWAY =
  /^(?:re: ?)?(?:auto(?:matic|mated)?[- ]?(?:reply|response|reaction)|out of (?:the )?office|away from (?:the )?office|on (?:vacation|leave|holiday)|ooo\b|respuesta autom[aá]tica|fuera de (?:la )?oficina|contestaci[oó]n autom[aá]tica|ausente|estoy de vacaciones|automatinis atsakymas|automatinis pranešimas|nesu (?:biure|darbe)|atostog|abwesenheit|automatische antwort|r[eé]ponse automatique|absen(?:t|ce) du bureau)/i;

/** By what it says of itself (RFC 3834, RFC 2919, and what Exchange and older programs write), then by its subject. */
export function readAutomatic({ headers, from, subject }: Message): Automatic {
  const submitted = (headers['auto-submitted'] ?? 'no').toLowerCase().replace(/[;\s(].*$/, '');
  const precedence = (headers.precedence ?? '').toLowerCase().trim();
  const isNobody =
    /^<?>?$/.test(headers['return-path'] ?? 'somebody') ||
    from?.address === undefined ||
    from.address === null ||
    /^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|noresponder|neatsakyti)\b/i.test(from.address);
  const isReply =
    submitted === 'auto-replied' ||
    /^(?:auto_reply|auto-reply)$/.test(precedence) ||
    /^(?:yes|true|1)/i.test(headers['x-autoreply'] ?? '') ||
    headers['x-autorespond'] !== undefined ||
    AWAY.test(subject);
  const isList =
    headers['list-id'] !== undefined ||
    headers['list-unsubscribe'] !== undefined ||
    /^(?:list|bulk|junk)$/.test(precedence);
  const kind = isReply ? 'reply' : isList ? 'list' : submitted !== 'no' ? 'notice' : null;
  const isSuppressed = /\b(?:all|autoreply|oof)\b/i.test(headers['x-auto-response-suppress'] ?? '');
  const isLooping = headers['x-loop'] !== undefined;
  return { kind, mayBeAnswered: kind === null && !isNobody && !isSuppressed && !isLooping };
}
