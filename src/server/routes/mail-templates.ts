import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { fillText, type TextSource } from '#app/mail-texts.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { variablesFor } from '#modules/channels/index.ts';
import { FilledMailText, MailContent, MailVariables } from '../answers.ts';
import { visitorOfRequest } from '../session.ts';

const Fill = Type.Object(
  {
    template: Type.Optional(Type.String({ format: 'uuid', description: 'One that is kept' })),
    texts: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'By language, as they are just being written' }),
    ),
    words: Type.Optional(Type.String({ maxLength: 20_000, description: 'Plain text with variables, of no language' })),
    about: Type.Optional(MailContent.properties.about),
    to: Type.Optional(
      Type.Union([MailContent.properties.to.items, Type.Null()], { description: 'The first of whom it goes to' }),
    ),
    language: Type.Optional(
      Type.Union([Type.String({ maxLength: 20 }), Type.Null()], {
        description: 'Left out, the contact’s, else the company’s',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Texts of mails with variables: what they may ask for, and what becomes of them. The texts themselves are records. */
export function mailTemplateRoutes(app: FastifyInstance): void {
  const tags = ['mails'];

  app.get(
    '/api/mail-templates/variables',
    { schema: { tags, summary: 'What a text may ask for', response: { 200: MailVariables } } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      return { items: variablesFor(workspace.model, principal, translator(principal.language)) };
    },
  );

  app.post<{ Body: Static<typeof Fill> }>(
    '/api/mail-templates/fill',
    {
      bodyLimit: 1024 ** 2,
      config: { reads: true },
      schema: {
        tags,
        summary: 'A text with the values of whom it goes to, as far as its writer may see them; one of the first three',
        body: Fill,
        response: { 200: FilledMailText },
      },
    },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const { about = {}, to = null, language = null } = request.body;
      const words = translator(principal.language);
      const filled = await fillText(workspace, principal, sourceOf(request.body), { about, to, language });
      return {
        ...filled,
        languages: [...filled.languages],
        attachments: [...filled.attachments],
        gaps: [...filled.gaps],
        problems: filled.problems.map((one) => {
          const at = { ...one, language: filled.language.toUpperCase() };
          return { ...one, text: words(`mailTemplate.${one.code}`, at) };
        }),
      };
    },
  );
}

/** @throws Problem `request.invalid` unless there is one of them */
function sourceOf({ template, texts, words }: Static<typeof Fill>): TextSource {
  const given = [
    ...(template === undefined ? [] : [{ template }]),
    ...(texts === undefined ? [] : [{ texts }]),
    ...(words === undefined ? [] : [{ words }]),
  ];
  if (given.length !== 1) throw new Problem('request.invalid', {}, [{ field: 'template', code: 'field.required' }]);
  return given[0]!;
}
