import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#kernel/problems/problem.ts';

/**
 * The file of a form.
 * @param fileSize bytes after which it is cut off
 * @throws Problem `request.unsupported-type`, `request.invalid`
 */
export async function uploadedFile(request: FastifyRequest, fileSize: number): Promise<MultipartFile> {
  if (!request.isMultipart()) throw new Problem('request.unsupported-type');
  const part = await request.file({ limits: { fileSize } }).catch(refuseMalformed);
  if (!part) throw new Problem('request.invalid', {}, [{ field: 'file', code: 'field.required' }]);
  return part;
}

/** For what goes wrong while a form is read. @throws Problem `request.invalid` where its sender made it wrong; else what it was */
export function refuseMalformed(error: unknown): never {
  throw isMalformed(error) ? new Problem('request.invalid') : error;
}

/**
 * Whether a form does not keep to the format, ends too soon, or its sender went away. Of the format its reader throws plain errors;
 * those of disks, databases and limits have a code.
 */
function isMalformed(error: unknown): boolean {
  const { code, name } = error as Error & { code?: string };
  return code === 'ECONNRESET' || (code === undefined && name === 'Error');
}
