/**
 * A mail for a screen: its text, and its HTML as a document that can run nothing, call nobody and leave its frame only by a
 * link that the reader follows. Pictures stand in the document itself, because a frame without an origin of its own has no
 * session to ask for them with.
 */
import { isInline, typeOf } from '../files/type.ts';
import type { NetworkGuard } from '../net/guard.ts';
import { guardedFetch } from '../net/guarded-fetch.ts';
import { frameDocument } from './frame.ts';
import type { Attachment, MailAddress, Message, MessageNote } from './message.ts';
import { cleanHtml } from './safe-html.ts';

export interface ShownMail {
  readonly subject: string;
  readonly from: MailAddress | null;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly date: Date | null;
  readonly text: string;
  /** For `srcdoc` of a frame with `frameSandbox`; null for a mail without HTML. */
  readonly frame: string | null;
  /** Pictures from elsewhere that were left out; they come when they are asked for. */
  readonly remotePictures: number;
  /** Pictures of one point, which only tell that the mail was opened: left out for good. */
  readonly trackers: number;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly size: number }[];
  readonly notes: readonly MessageNote[];
}

/** Bytes of all pictures in the mail, and of all from elsewhere: a document of some ten megabytes still opens at once. */
const MOST_PICTURES = 8 * 1024 ** 2;
/** Of one mail; newsletters have some twenty. */
const MOST_FETCHED = 40;
const FETCHED_AT_ONCE = 6;
const PATIENCE_MS = 15_000;

/** @param guard given when the reader asked for the pictures from elsewhere: whoever keeps them learns that they were read */
export async function showMail(message: Message, guard?: NetworkGuard, signal?: AbortSignal): Promise<ShownMail> {
  const { subject, from, to, cc, date, text, html, attachments, notes } = message;
  const head = { subject, from, to, cc, date, text, notes };
  const files = attachments.filter(({ inline }) => !inline || html === null);
  const rest = { attachments: files.map(({ name, type, size }) => ({ name, type, size })) };
  if (html === null) return { ...head, ...rest, frame: null, remotePictures: 0, trackers: 0 };
  const inline = picturesWithin(attachments);
  const fetched = guard ? await fetchPictures(addressesIn(html), guard, signal) : new Map<string, string>();
  const clean = cleanHtml(html, {
    inline: (contentId) => inline.get(contentId) ?? null,
    remote: (url) => fetched.get(url) ?? null,
  });
  return {
    ...head,
    ...rest,
    frame: frameDocument(clean.html),
    remotePictures: clean.remoteImages,
    trackers: clean.trackers,
  };
}

function picturesWithin(attachments: readonly Attachment[]): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>();
  let left = MOST_PICTURES;
  for (const { contentId, bytes } of attachments) {
    const data = contentId === null ? null : asData(bytes);
    if (data === null || bytes.length > left) continue;
    left -= bytes.length;
    pictures.set(contentId!, data);
  }
  return pictures;
}

/** What the cleaning asks for, each once. */
function addressesIn(html: string): readonly string[] {
  const addresses = new Set<string>();
  cleanHtml(html, {
    remote: (url) => {
      addresses.add(url);
      return null;
    },
  });
  return [...addresses].slice(0, MOST_FETCHED);
}

/** Those that come in time and are pictures. */
async function fetchPictures(
  addresses: readonly string[],
  guard: NetworkGuard,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const end = signal ? AbortSignal.any([signal, patience]) : patience;
  let left = MOST_PICTURES;
  const waiting = addresses.values();
  const fetchNext = async () => {
    for (const address of waiting) {
      if (end.aborted) return;
      const bytes = await fetchPicture(guard, address, end);
      const data = bytes && asData(bytes);
      if (!data || bytes.length > left) continue;
      left -= bytes.length;
      pictures.set(address, data);
    }
  };
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, fetchNext));
  return pictures;
}

/** Null for one that cannot be had, for whatever reason: the mail is read without it. */
async function fetchPicture(guard: NetworkGuard, address: string, signal: AbortSignal): Promise<Buffer | null> {
  try {
    const answer = await guardedFetch(guard, address, { headers: { accept: 'image/*' }, signal });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** By what is in it, whatever its sender calls it; null for what is no picture that a page may show. */
function asData(bytes: Uint8Array): string | null {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = typeOf(content.subarray(0, 4_096), '');
  return type.startsWith('image/') && isInline(type) ? `data:${type};base64,${content.toString('base64')}` : null;
}
