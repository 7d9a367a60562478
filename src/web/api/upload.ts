import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { unsafeHeaders } from './client.ts';
import { ApiProblem } from './problem.ts';

export interface Upload {
  done: Promise<FileLink>;
  cancel(): void;
}

/**
 * Sends a file. `fetch` does not tell how far it came, so this is the older way.
 * @param onProgress 0–1
 */
export function upload(file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<FileLink>((resolve, reject) => {
    request.open('POST', '/api/files');
    for (const [name, value] of Object.entries(unsafeHeaders('POST'))) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onProgress(loaded / total);
    request.onload = () => {
      const body = (request.response ?? {}) as Record<string, unknown>;
      if (request.status === 201) resolve(body as unknown as FileLink);
      else reject(new ApiProblem(request.status, body));
    };
    request.onerror = () => reject(new ApiProblem(0, { code: 'offline' }));
    request.onabort = () => reject(new ApiProblem(0, { code: 'cancelled' }));
    const form = new FormData();
    form.set('file', file);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}
