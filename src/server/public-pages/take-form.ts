import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { languageOf } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { messagePage, type PageHeaders, sendPage } from './layout.ts';
import { receiveForm, type SentForm } from './receive-form.ts';
import { requireOwnPage } from './visit.ts';

/** Why what somebody sent is not taken: a word of `publicPage`, with the status that says it. */
export interface NotTaken {
  readonly code: number;
  readonly what: 'tooMany' | 'tooLarge' | 'notTaken';
}

/**
 * What somebody sent from a page of ours.
 * @param mayCome asked once it is known to come from one
 * @param isFile whether a field may bring files
 */
export async function takeForm(
  request: FastifyRequest,
  dataFolder: string,
  mayCome: () => boolean,
  isFile: (name: string) => boolean = () => false,
): Promise<SentForm | NotTaken> {
  try {
    requireOwnPage(request);
  } catch {
    return { code: 403, what: 'notTaken' };
  }
  if (!mayCome()) return { code: 429, what: 'tooMany' };
  try {
    return await receiveForm(request, dataFolder, isFile);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code === 'request.too-large' ? { code: 413, what: 'tooLarge' } : { code: 400, what: 'notTaken' };
  }
}

/** A few words for whoever asked for a page that there is not. @param headers of the page that cannot be shown, when there is one */
export function sendMessage(
  reply: FastifyReply,
  request: FastifyRequest,
  title: string,
  text: string,
  headers: PageHeaders = {},
) {
  const language = languageOf(request.headers['accept-language'] ?? 'en');
  const { sites = [] } = headers;
  const frame = { language, company: 'Tendero', scripts: sites.length > 0 ? ['page.js'] : [] };
  return sendPage(reply, messagePage(frame, title, text), headers);
}

/** Routes of buttons that send nothing but themselves: what they mean is in their address, and no other route takes such a form. */
export function buttonRoutes(app: FastifyInstance, add: (alone: FastifyInstance) => void): void {
  app.register(async (alone) => {
    alone.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 1_024 },
      (_request, _body, done) => done(null, {}),
    );
    add(alone);
  });
}
