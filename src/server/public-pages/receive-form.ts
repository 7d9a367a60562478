import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { discard, type ReceivedFile, receive } from '#kernel/files/storage.ts';
import { typeOf } from '#kernel/files/type.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { cleanFileName } from '../file-name.ts';
import { refuseMalformed } from '../multipart.ts';
import { FILES } from './form-page.ts';

/** A form as a browser sent it. */
export interface SentForm {
  /** All values by name; of a name at most 100. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly SentFile[];
  /** What is wrong with files, by name. */
  readonly refused: ReadonlyMap<string, { code: 'fileTooLarge' | 'fileType' | 'fileTooMany'; name: string }>;
  /** Takes away what came in, where it is not kept. */
  discard(): Promise<void>;
}

export interface SentFile {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly received: ReceivedFile;
}

const MOST_PARTS = 200;
const LONGEST_VALUE = 20_000;
const LONGEST_ALL = 200_000;

/** What a customer sends with a question: pictures, papers, texts, tables. Nothing that runs, and no archives. */
const takenTypes =
  /^(image\/(png|jpeg|gif|webp|avif|heic|bmp|tiff)|application\/(pdf|rtf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\.[\w.]+|vnd\.oasis\.opendocument\.[\w-]+)|text\/(plain|csv|calendar|vcard|markdown)|audio\/(mpeg|mp4|ogg|wav)|video\/(mp4|quicktime|webm))$/;

/**
 * Reads the parts of a form. Files are written to disk as they come, and told apart by what is in them.
 * @param mayCome whether a file of that name is asked for; of others the bytes are let go
 * @throws Problem `request.too-large`, `request.unsupported-type`
 */
export async function receiveForm(
  request: FastifyRequest,
  dataFolder: string,
  mayCome: (field: string) => boolean,
): Promise<SentForm> {
  if (!request.isMultipart()) throw new Problem('request.unsupported-type');
  const given = new Map<string, string[]>();
  const files: SentFile[] = [];
  const refused = new Map<string, { code: 'fileTooLarge' | 'fileType' | 'fileTooMany'; name: string }>();
  const discardAll = async () => {
    for (const { received } of files) await discard(received);
  };
  let size = 0;
  const fileSize = FILES.megabytes * 1024 ** 2 + 1;
  try {
    const limits = { parts: MOST_PARTS, fields: MOST_PARTS, files: FILES.most + 5, fieldSize: LONGEST_VALUE, fileSize };
    for await (const part of request.parts({ limits: { ...limits, fieldNameSize: 120 } })) {
      if (part.type === 'file') {
        const file = await takeFile(part);
        if (file) files.push(file);
        continue;
      }
      if (part.valueTruncated || part.fieldnameTruncated) throw new Problem('request.too-large');
      const value = String(part.value ?? '');
      size += value.length;
      if (size > LONGEST_ALL) throw new Problem('request.too-large');
      const values = given.get(part.fieldname) ?? [];
      if (values.length < 100) given.set(part.fieldname, [...values, value]);
    }
  } catch (error) {
    await discardAll();
    const { code } = error as { code?: string };
    if (code?.startsWith('FST_') && code.endsWith('LIMIT')) throw new Problem('request.too-large');
    return refuseMalformed(error);
  }
  return { given, files, refused, discard: discardAll };

  async function takeFile(part: MultipartFile): Promise<SentFile | null> {
    const name = cleanFileName(part.filename);
    // A field that was left empty comes as a file without a name.
    const isWanted = mayCome(part.fieldname) && part.filename !== '' && part.filename !== undefined;
    if (!isWanted) {
      part.file.resume();
      return null;
    }
    if (files.length >= FILES.most) {
      refused.set(part.fieldname, { code: 'fileTooMany', name });
      part.file.resume();
      return null;
    }
    try {
      const received = await receive(dataFolder, part.file, fileSize - 1);
      const type = typeOf(received.head, name);
      if (received.size > 0 && takenTypes.test(type)) return { field: part.fieldname, name, type, received };
      await discard(received);
      if (received.size > 0) refused.set(part.fieldname, { code: 'fileType', name });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      part.file.resume();
      refused.set(part.fieldname, { code: 'fileTooLarge', name });
    }
    return null;
  }
}
