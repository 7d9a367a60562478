import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { newKey } from '../api/client.ts';

/**
 * Files that were added without a network: the browser keeps them until they can be uploaded. A link to one stands where the
 * link to the uploaded file will be.
 */
const PREFIX = 'kept:';
const STORE = 'files';
const hrefs = new Map<string, string>();

/** @throws DOMException where the browser keeps nothing, or has no room */
export async function keepFile(file: File): Promise<FileLink> {
  const id = `${PREFIX}${newKey()}`;
  await within('readwrite', (files) => files.put(file, id));
  hrefs.set(id, URL.createObjectURL(file));
  return { id, name: file.name, size: file.size, type: file.type };
}

/** Undefined when the browser has thrown it away. */
export function keptFile(id: string): Promise<File | undefined> {
  return within('readonly', (files) => files.get(id) as IDBRequest<File | undefined>);
}

export function isKept(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** Where a kept file is shown from. */
export function keptHref(id: string): string {
  return hrefs.get(id) ?? '';
}

/** Links among the values of a record that lead to kept files. */
export function keptIn(values: Readonly<Record<string, unknown>>): FileLink[] {
  return Object.values(values)
    .flat()
    .filter((value): value is FileLink => isKept(String((value as FileLink | null)?.id ?? '')));
}

/** @param wanted ids of those that still wait; the others are thrown away */
export async function tidyKeptFiles(wanted: ReadonlySet<string>): Promise<void> {
  for (const id of (await within('readonly', (files) => files.getAllKeys())) as string[]) {
    if (!wanted.has(id)) await within('readwrite', (files) => files.delete(id));
    else if (!hrefs.has(id)) hrefs.set(id, URL.createObjectURL((await keptFile(id))!));
  }
}

function within<T>(mode: IDBTransactionMode, work: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('tendero', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.onabort = () => reject(transaction.error);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
    };
  });
}
