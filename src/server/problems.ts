import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, translator } from '#kernel/i18n/translate.ts';
import { type FieldError, Problem, statusOf } from '#kernel/problems/problem.ts';

/** RFC 9457 with one entry per field. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** Path of the request. */
  instance: string;
  errors: { field: string; code: string; message: string }[];
  [extra: string]: unknown;
}

/** What PostgreSQL says of NUL in a text, and in JSON: no database holds it, and nobody types it. */
const unstorable: ReadonlySet<string> = new Set(['22021', '22P05']);

/** Characters of a field's path in an answer; a client may have sent a megabyte. */
const MAX_PATH = 200;

/** Params that clients work with, beside the words made of them. */
const shown = [
  'changeSet',
  'current',
  'candidates',
  'mergedInto',
  'heldBy',
  'index',
  'position',
  'length',
  'retryAfter',
];

/** The one place where an error becomes an answer. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = asProblem(error);
  const status = statusOf(problem.code);
  if (status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
  const document = problemDocument(problem, readerLanguage(request), request.url.split('?')[0]!);
  tellToWait(error, status, reply);
  reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(document));
}

/** When it is worth to come again. */
export function tellToWait(error: unknown, status: number, reply: FastifyReply): void {
  const wait = status === 503 ? 2 : error instanceof Problem ? error.params.retryAfter : undefined;
  if (wait !== undefined) reply.header('retry-after', String(wait));
}

export function problemDocument(problem: Problem, language: string, instance: string): ProblemDocument {
  const words = translator(language);
  const extra = Object.fromEntries(
    shown.flatMap((name) => (name in problem.params ? [[name, problem.params[name]]] : [])),
  );
  return {
    type: `urn:tendero:problem:${problem.code}`,
    title: words(`problem.${problem.code}.title`, problem.params),
    status: statusOf(problem.code),
    detail: words(`problem.${problem.code}.detail`, problem.params),
    code: problem.code,
    instance,
    errors: fieldErrors(problem).map(({ field, code, params }) => ({
      field: field.slice(0, MAX_PATH).toWellFormed(),
      code,
      message: words(code, params),
    })),
    ...extra,
  };
}

export function readerLanguage(request: FastifyRequest): string {
  return request.visitor?.principal.language ?? languageOf(request.headers['accept-language'] ?? 'en');
}

/** Problems of a query say in their params where they are. */
function fieldErrors({ code, params, errors }: Problem): readonly FieldError[] {
  if (errors.length > 0) return errors;
  if (code === 'query.invalid') return [{ field: String(params.path || 'filter'), code: `query.${params.reason}` }];
  if (code === 'query.cursor-invalid') return [{ field: 'cursor', code: 'query.cursor' }];
  if (code === 'field.unknown') return [{ field: String(params.field), code }];
  return errors;
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode, validation, message } = error as FastifyError;
  if (validation) {
    const errors = validation.map((issue) => ({
      field:
        issue.instancePath.slice(1).replaceAll('/', '.') ||
        (issue.params?.requiredProperties as string[] | undefined)?.[0] ||
        (issue.params?.additionalProperties as string[] | undefined)?.[0] ||
        '',
      code: issue.params?.requiredProperties
        ? 'field.required'
        : issue.params?.additionalProperties
          ? 'field.unknown'
          : 'field.invalid',
      params: { reason: issue.message },
    }));
    return new Problem('request.invalid', { reason: message }, errors);
  }
  if (unstorable.has(code)) return new Problem('request.invalid');
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return new Problem('request.route-unknown');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) return new Problem('request.too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Problem('request.unsupported-type');
  if (
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    error instanceof SyntaxError
  )
    return new Problem('request.not-json');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('request.invalid', { reason: message });
  return new Problem('internal');
}
