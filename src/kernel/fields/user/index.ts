import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { defineFieldType } from '../field-type.ts';
import { asId, reference, sampleId } from '../reference/index.ts';

/** Points to a person who uses the workspace. `me` is whoever asks: in filters, as a default, and as a value. */
export const user = defineFieldType<string, object>({
  ...reference,
  name: 'user',
  options: Type.Object({}),
  schema: () => {
    const id = Type.String({ format: 'uuid' });
    return { input: Type.Union([id, Type.Literal('me')]), output: id };
  },
  normalise: (input, _field, env) => {
    if (input !== 'me') return asId(input);
    if (env.userId === null) throw new FieldProblem('field.nobody');
    return env.userId;
  },
  samples: [1, 2, 3].map((number) => ({ input: sampleId(number), value: sampleId(number), text: sampleId(number) })),
  refused: [
    { input: 'you', code: 'field.not-a-reference' },
    { input: 7, code: 'field.not-a-reference' },
    { input: ['me'], code: 'field.not-a-reference' },
  ],
});
