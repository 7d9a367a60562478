import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPassword } from './password-policy.ts';
import { coreOf, faultOf } from './password-rules.ts';

const rasa = ['Rasa Petraitytė', 'rasa.petraityte@litera.lt', 'Litera UAB'];

async function faultIn(password: string): Promise<string | null> {
  return checkPassword(password, rasa).then(
    () => null,
    (problem) => problem.errors[0].code,
  );
}

test('what guessers try first is refused, each with its reason', async () => {
  const cases: [string, string][] = [
    ['short', 'too-short'],
    ['žąsis', 'too-short'],
    ['x'.repeat(1_001), 'too-long'],
    ['aaaaaaaaaaaa', 'too-simple'],
    ['abcabcabcabc', 'too-simple'],
    ['123456789012', 'too-simple'],
    ['zyxwvutsrqp', 'too-simple'],
    ['password123', 'common'],
    ['P@ssw0rd!2024', 'common'],
    ['Sunshine2024', 'common'],
    ['qwertyuiop', 'common'],
    ['1q2w3e4r5t', 'common'],
    ['basketball!!', 'common'],
    ['RasaPetraityte1', 'own'],
    ['petraitytė2024', 'own'],
    ['litera.rasa!', 'own'],
    ['rasa.petraityte@litera.lt', 'own'],
  ];
  for (const [password, fault] of cases) assert.equal(await faultIn(password), `password.${fault}`, password);
});

test('whatever is long and one’s own choice is welcome, in any script', async () => {
  const fine = [
    'correct horse battery',
    'žalias dviratis',
    'sunshine-over-the-lake',
    '密码是一个很长的句子吧',
    'kX9#mQ2$vL',
  ];
  fine.push('x9f2k7q1m4 '.repeat(20), 'rasa likes old bicycles');
  for (const password of fine) assert.equal(await faultIn(password), null, password);
});

test('disguise is seen through; a list that is not there yet stops nobody', () => {
  assert.equal(coreOf('12sun$h1ne34'), 'sunshine');
  assert.equal(faultOf('password123', []), null);
});
