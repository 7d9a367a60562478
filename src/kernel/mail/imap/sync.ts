import { setImmediate as turn } from 'node:timers/promises';
import type { FetchMessageObject } from 'imapflow';
import { parse } from '../parse.ts';
import { previewHeaders, readPreview, readSubject } from '../preview.ts';
import { type MailConnection, openFolder, stateOf } from './connection.ts';
import type {
  Arrival,
  FolderBatch,
  FolderCursor,
  FolderReport,
  FolderSink,
  Located,
  Preview,
  Skipped,
  SyncOptions,
} from './contract.ts';
import { MailFault, withFaults } from './fault.ts';
import { fetchMails } from './fetched.ts';

/** Mails whose headers are asked for at once, and the most that a batch has. */
const AT_ONCE = 200;
/** Bytes of mails that are held at once; a larger mail comes alone. With half of them a mail has a third more statements. */
const BYTES_AT_ONCE = 5 * 1024 * 1024;
/** A file of 50 MB takes 68 MB on the way. */
const LARGEST = 80 * 1024 * 1024;
/** After so long others get their turn. */
const TURN_MS = 3;
/** Flags and deletions that are told at once. */
const CHANGES_AT_ONCE = 5_000;
/** Where the server keeps no count of changes, the flags of so many of the newest are read again. */
const FLAGS_READ_AGAIN = 1_000;

/**
 * Brings what is kept of a folder in step with the server: flags, deletions, new mails, then older ones down to the start
 * date. Holds at most 5 MB of mails (or one that is larger) at a time. After an error the same call with the last cursor
 * that was kept goes on where it stood.
 *
 * @param cursor what the last batch carried; null the first time
 * @throws MailFault; what the sink throws
 */
export async function syncFolder(
  connection: MailConnection,
  folder: string,
  cursor: FolderCursor | null,
  sink: FolderSink,
  options: SyncOptions = {},
): Promise<FolderReport> {
  const { client, news, read, vanished } = connection;
  vanished.length = 0;
  const box = await openFolder(connection, folder);
  // What is told from here on may be in none of the answers below.
  news.delete(folder);
  const [before, state] = [read.get(folder), stateOf(box)];
  // Until what has gone is kept it counts as never read.
  read.delete(folder);
  const uidValidity = String(box.uidValidity);
  const isRenumbered = cursor !== null && cursor.uidValidity !== uidValidity;
  const since = options.since ?? null;
  const modseq = box.noModseq || !box.highestModseq ? null : String(box.highestModseq);
  const find = async (range: string, from: Date | null): Promise<number[]> => {
    if (box.exists === 0) return [];
    const query = { uid: range, ...(from ? { since: from } : {}) };
    // `1:50000` is a line; to read 50,000 numbers takes 150 ms.
    const found = await withFaults(() => client.search(query, { uid: true, returnOptions: ['ALL'] }));
    if (!found) throw new MailFault('refused', 'SEARCH');
    return Array.isArray(found) ? found.sort((a, b) => a - b) : uidsOf(found.all ?? '', box.exists);
  };
  const wanted = await find('1:*', since);
  const highest = Math.max(wanted.at(-1) ?? 0, box.uidNext > 0 ? box.uidNext - 1 : 0);
  const said = since?.toISOString() ?? null;

  let now: FolderCursor;
  if (cursor === null || isRenumbered) {
    now = { uidValidity, newest: highest, below: highest + 1, modseq, since: said };
  } else {
    const isEarlier = cursor.since !== null && (said === null || said < cursor.since);
    now = { ...cursor, ...(isEarlier ? { below: cursor.newest + 1 } : {}), since: said };
  }
  const counts = { arrived: 0, located: 0, changed: 0, gone: 0, skipped: 0 };
  const commit = async (next: FolderCursor, part: Partial<FolderBatch>) => {
    const empty = { arrived: [], located: [], changed: [], gone: [], skipped: [] };
    const batch: FolderBatch = { folder, isRenumbered: false, ...empty, ...part, cursor: next };
    await sink.commit(batch);
    now = next;
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += batch[name].length;
  };
  const isStopped = () => options.signal?.aborted === true;
  const report = (isComplete: boolean): FolderReport => ({
    folder,
    cursor: now,
    exists: box.exists,
    beforeStart: Math.max(0, box.exists - wanted.length),
    ...counts,
    isComplete,
  });

  if (isRenumbered || cursor === null) await commit(now, { isRenumbered });
  else {
    const arrived = (since ? await find(`${cursor.newest + 1}:*`, null) : wanted).filter((uid) => uid > cursor.newest);
    // Nothing has gone where there are as many mails as there were and as have come.
    const hasGone = before?.exists !== box.exists - arrived.length;
    const { changed, gone } = await changesOf(connection, folder, cursor, hasGone, sink, find);
    for (let at = 0; at < Math.max(changed.length, gone.length); at += CHANGES_AT_ONCE) {
      const part = [changed, gone].map((all) => all.slice(at, at + CHANGES_AT_ONCE));
      await commit(now, { changed: part[0] as typeof changed, gone: part[1] as typeof gone });
      if (isStopped()) return report(false);
    }
    // The count moves once all that it counted is kept.
    if (modseq !== now.modseq) await commit({ ...now, modseq }, {});
  }
  read.set(folder, state);

  const fresh = wanted.filter((uid) => uid > now.newest);
  for await (const part of batchesOf(connection, fresh, sink, options)) {
    await commit({ ...now, newest: Math.max(now.newest, part.last) }, part);
    if (isStopped()) return report(false);
  }
  const older = wanted.filter((uid) => uid < now.below).reverse();
  for await (const part of batchesOf(connection, older, sink, options)) {
    await commit({ ...now, below: Math.min(now.below, part.last) }, part);
    if (isStopped()) return report(false);
  }
  if (now.below !== 0) await commit({ ...now, below: 0 }, {});
  return report(true);
}

/**
 * `2:4,7` as 2, 3, 4, 7.
 * @throws MailFault when they are more than the folder has
 */
function uidsOf(set: string, most: number): number[] {
  const uids: number[] = [];
  for (const part of set === '' ? [] : set.split(',')) {
    const ends = part.split(':').map(Number);
    const [first, last] = [Math.min(...ends), Math.max(...ends)];
    if (!(last - first < most - uids.length)) throw new MailFault('not-understood', 'ESEARCH');
    for (let uid = first; uid <= last; uid++) uids.push(uid);
  }
  return uids.sort((a, b) => a - b);
}

/** What happened to mails that were told before. */
async function changesOf(
  { client, vanished }: MailConnection,
  folder: string,
  cursor: FolderCursor,
  hasGone: boolean,
  sink: FolderSink,
  find: (range: string, since: Date | null) => Promise<number[]>,
): Promise<{ changed: { uid: number; flags: string[] }[]; gone: number[] }> {
  const box = client.mailbox;
  if (!box) return { changed: [], gone: [] };
  const hasModseq = cursor.modseq !== null && !box.noModseq && box.highestModseq !== undefined;
  const isSame = hasModseq && String(box.highestModseq) === cursor.modseq;
  const tellsGone = hasModseq && client.enabled.has('QRESYNC');
  const changed: { uid: number; flags: string[] }[] = [];
  if (!isSame && cursor.newest > 0 && box.exists > 0) {
    const range = hasModseq ? `1:${cursor.newest}` : (await find(`1:${cursor.newest}`, null)).slice(-FLAGS_READ_AGAIN);
    if (range.length > 0) {
      const since = hasModseq ? { changedSince: BigInt(cursor.modseq!) } : {};
      await withFaults(async () => {
        for await (const { uid, flags } of client.fetch(range, { uid: true, flags: true }, { uid: true, ...since }))
          if (uid <= cursor.newest) changed.push({ uid, flags: [...(flags ?? [])] });
      });
    }
  }
  if (tellsGone && box.exists > 0)
    return { changed, gone: [...new Set(vanished)].filter((uid) => uid <= cursor.newest) };
  if (!hasGone) return { changed, gone: [] };
  const [here, told] = [
    new Set(await find(`1:${Math.max(cursor.newest, 1)}`, null)),
    await sink.uids(folder, cursor.uidValidity),
  ];
  return { changed, gone: told.filter((uid) => uid <= cursor.newest && !here.has(uid)) };
}

interface Part {
  readonly arrived: Arrival[];
  readonly located: Located[];
  readonly skipped: Skipped[];
  /** The UID that was dealt with last, in the order that was asked for. */
  readonly last: number;
}

/** What is told of mails before any is fetched. */
const told = { uid: true, flags: true, internalDate: true, size: true, headers: [...previewHeaders] };

/** The mails of these UIDs, in their order, in parts of bounded size. */
async function* batchesOf(
  { client }: MailConnection,
  uids: readonly number[],
  sink: FolderSink,
  { largest = LARGEST, isBlocked }: SyncOptions,
): AsyncGenerator<Part> {
  const previews = new Map<number, Preview>();
  let part: Part = { arrived: [], located: [], skipped: [], last: 0 };
  let wanted: number[] = [];
  let bytes = 0;
  const finish = async (): Promise<Part> => {
    const sources = await withFaults(() => fetchMails(client, wanted, { uid: true, source: true }));
    let since = performance.now();
    for (const uid of wanted) {
      const { key, ...preview } = previews.get(uid)!;
      previews.delete(uid);
      const raw: Buffer | undefined = sources.get(uid)?.source;
      if (!raw || (raw.length === 0 && preview.size > 0)) {
        part.skipped.push(skippedOf(uid, { key, ...preview }, sources.has(uid) ? 'unreadable' : 'gone-meanwhile'));
        continue;
      }
      const { receivedAt, flags } = preview;
      // What is shown is read from the mail as it came.
      const message = await parse(raw, { receivedAt, withHtml: false });
      // Reading a mail waits for nothing: 5 MB of them would keep everybody else waiting for 20 ms.
      if (performance.now() - since > TURN_MS) {
        await turn();
        since = performance.now();
      }
      // One mail twice in a folder is one mail in two places.
      const isTwice = part.arrived.some((arrival) => arrival.key === message.key);
      if (isTwice) part.located.push({ uid, key: message.key, flags, receivedAt });
      else part.arrived.push({ uid, key: message.key, flags, receivedAt, message, raw });
    }
    const done = part;
    part = { arrived: [], located: [], skipped: [], last: 0 };
    [wanted, bytes] = [[], 0];
    return done;
  };
  for (let at = 0; at < uids.length; at += AT_ONCE) {
    const asked = uids.slice(at, at + AT_ONCE);
    const listed = await withFaults(() => fetchMails(client, asked, told));
    const keys = new Set<string>();
    for (const [uid, mail] of listed) {
      const preview = await previewOf(mail);
      previews.set(uid, preview);
      if (preview.key !== null) keys.add(preview.key);
    }
    const known = keys.size > 0 ? await sink.known([...keys]) : new Set<string>();
    for (const uid of asked) {
      const preview = previews.get(uid);
      const size = preview?.size ?? 0;
      const isWanted = preview && !(preview.key && known.has(preview.key)) && size <= largest && !isBlocked?.(preview);
      const isTooMuch = isWanted && wanted.length > 0 && bytes + size > BYTES_AT_ONCE;
      if (isTooMuch || wanted.length + part.located.length + part.skipped.length === AT_ONCE) yield await finish();
      part = { ...part, last: uid };
      // Deleted since it was listed: it was never here.
      if (!preview) continue;
      if (isWanted) {
        wanted.push(uid);
        bytes += size;
        continue;
      }
      previews.delete(uid);
      if (preview.key && known.has(preview.key)) {
        part.located.push({ uid, key: preview.key, flags: preview.flags, receivedAt: preview.receivedAt });
      } else part.skipped.push(skippedOf(uid, preview, size > largest ? 'too-big' : 'blocked'));
    }
  }
  if (uids.length > 0) yield await finish();
}

async function previewOf({ headers, size, flags, internalDate }: FetchMessageObject): Promise<Preview> {
  const receivedAt = internalDate ? new Date(internalDate) : new Date(0);
  const read = await readPreview(headers ?? Buffer.from(''));
  return { ...read, size: size ?? 0, receivedAt, flags: [...(flags ?? [])] };
}

function skippedOf(
  uid: number,
  { key, messageId, rawSubject, from, size, receivedAt }: Preview,
  reason: Skipped['reason'],
): Skipped {
  return { uid, key, reason, messageId, subject: readSubject(rawSubject), from, size, receivedAt };
}
