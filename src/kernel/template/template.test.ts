import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { parseTemplate, renderTemplate, TemplateProblem } from './engine.ts';
import { gapOf, gapsIn } from './gaps.ts';
import { escapeHtml, htmlTemplate, seenAt } from './html-template.ts';
import { type Reader, type TemplateScope, TemplateValue } from './values.ts';

const known = ['contact.firstName', 'contact.lastName', 'account.tags', 'account.revenue', 'today', 'deal.closesAt'];
const roots = new Set(['contact', 'account', 'today', 'deal']);
const scope: TemplateScope = {
  contact: {
    firstName: new TemplateValue('Ona <b>', 'Ona <b>', 'First name'),
    lastName: new TemplateValue(null, null, 'Last name'),
  },
  account: {
    tags: new TemplateValue(['oak', 'ash'], 'oak, ash', 'Tags'),
    revenue: new TemplateValue(1234.5, '1234,50 €', 'Revenue'),
  },
  today: new TemplateValue('2026-11-22', '22 nov 2026', 'Today'),
  deal: { closesAt: new TemplateValue('2026-12-31T23:30:00.000Z', '1 ene 2027, 0:30', 'Closes at') },
};
const spanish: Reader = { language: 'es', timeZone: 'Europe/Madrid', currency: 'EUR' };
const read = (source: string) => parseTemplate(source, { roots, knows: (path) => known.includes(path) });
const fill = (source: string, reader = spanish) =>
  renderTemplate(read(source), scope, reader, escapeHtml).replaceAll('\u00a0', ' ');
const fillHtml = (html: string) => fill(htmlTemplate(html));

function refused(source: string): Pick<TemplateProblem, 'code' | 'line' | 'column' | 'word'> {
  try {
    fill(source);
  } catch (error) {
    assert.ok(error instanceof TemplateProblem, String(error));
    const { code, line, column, word } = error;
    return { code, line, column, word };
  }
  return assert.fail(`taken: ${source.slice(0, 100)}`);
}

test('values stand in a text as their reader writes them, and are no markup', () => {
  assert.equal(fill('Hi {{ contact.firstName }}'), 'Hi Ona &lt;b&gt;');
  assert.equal(fill('{{ account.revenue }}, {{ account.revenue | times: 2 | money }}'), '1234,50 €, 2469,00 €');
  assert.equal(fill('{{ account.revenue | number: 1 }} {{ account.revenue | money: "USD" }}'), '1234,5 1234,50 US$');
  assert.equal(fill('{{ today | date: "long" }}'), '22 de noviembre de 2026');
  // The day it is where the letter is written, not where the server stands.
  assert.equal(fill('{{ deal.closesAt | date: "medium" }} {{ deal.closesAt | time }}'), '1 ene 2027 0:30');
  assert.equal(fill('{{ deal.closesAt | date: "medium" }}', { ...spanish, timeZone: 'UTC' }), '31 dic 2026');
  assert.equal(fill('{{ contact.firstName | upcase | truncate: 4 }}'), 'ONA…');
  assert.equal(fill('{% for tag in account.tags %}{{ forloop.index }} {{ tag }};{% endfor %}'), '1 oak;2 ash;');
  assert.equal(
    fill('{% if account.revenue > 1000 and account.tags contains "oak" %}big{% else %}small{% endif %}'),
    'big',
  );
  assert.equal(fill('{% raw %}{{ x }}{% endraw %}'), '{{ x }}');
});

test('what nobody knows is a gap, whatever is done to it, unless the text says what stands there', () => {
  assert.equal(fill('Dear {{ contact.lastName }},'), 'Dear ⟦Last name⟧,');
  assert.equal(fill('{{ contact.lastName | upcase | truncate: 2 }}'), '⟦Last name⟧');
  assert.equal(fill('{{ contact.lastName | default: "customer" | capitalize }}'), 'Customer');
  assert.equal(fill('{% unless contact.lastName %}none{% endunless %}'), 'none');
  assert.equal(fill('{% assign much = account.revenue | divided_by: 0 %}{{ much }}'), '⟦…⟧');
  assert.deepEqual(gapsIn('Dear ⟦Last name⟧, by ⟦day⟧ or ⟦day⟧'), ['Last name', 'day']);
  const lookalike = { ...scope, today: new TemplateValue('⟦x⟧', '⟦x⟧', '') };
  assert.equal(renderTemplate(read('{{ today }}'), lookalike, spanish, escapeHtml), '[x]');
  assert.deepEqual(gapsIn(gapOf('a⟦b⟧')), ['a[b]']);
});

test('formatted text is read as its writer sees it', () => {
  assert.equal(
    fillHtml(
      '<p>{% if account.revenue &gt; 1000 %}</p><p>Big, <b>{{&nbsp;contact.<i>firstName</i> }}</b></p><p>{% endif %}</p>',
    ),
    '\n<p>Big, <b>Ona &lt;b&gt;</b></p>\n\n',
  );
  const source = htmlTemplate('<p>One</p><p><b>Two</b> &amp; {{ contact.name }}</p>');
  assert.deepEqual(refused(source), { code: 'unknown-variable', line: 2, column: 24, word: 'contact.name' });
  assert.deepEqual(seenAt(source, 2, 24), { line: 2, column: 10 });
});

test('what is wrong is told with its place', () => {
  assert.deepEqual(refused('{{ contact.fistName }}'), {
    ...{ code: 'unknown-variable', line: 1, column: 4, word: 'contact.fistName' },
  });
  assert.deepEqual(refused('a\n{% foo %}'), { code: 'unknown-tag', line: 2, column: 1, word: 'foo' });
  assert.equal(refused('{{ contact.firstName | json }}').word, 'json');
  assert.equal(refused('{{ contact.firstName').code, 'unclosed');
  assert.equal(refused('{% if contact.firstName %}x').code, 'unclosed');
  assert.equal(refused('{% if %}x{% endif %}').code, 'syntax');
});

test('a text reaches nothing but the variables it is given', () => {
  for (const source of [
    '{{ contact }}',
    '{{ secret }}',
    '{{ contact.constructor }}',
    '{{ contact.firstName.constructor.constructor }}',
    '{{ contact["__proto__"] }}',
    '{{ contact[contact.firstName] }}',
    '{{ __proto__ }}',
    '{{ toString }}',
    '{{ forloop.parentloop }}',
    '{% for tag in account.tags %}{{ tag.constructor }}{% endfor %}',
    '{% for contact in account.tags %}{{ contact.constructor }}{% endfor %}',
    '{% for tag in account.tags %}{{ forloop.constructor }}{% endfor %}',
    '{% assign all = contact %}{{ all.lastName }}',
    '{% assign tag = account.tags %}{{ tag.first }}',
    '{% for i in (1..contact.zip) %}{% endfor %}',
    '{{ "x" | default: secret }}',
    '{% if secret %}{% endif %}',
    '{% case secret %}{% when secret %}{% endcase %}',
  ])
    assert.equal(refused(source).code, 'unknown-variable', source);
  for (const tag of [
    'include "/etc/passwd"',
    'render "x"',
    'layout "x"',
    'liquid echo 1',
    'capture x',
    'increment x',
    'echo 1',
  ])
    assert.equal(refused(`{% ${tag} %}`).code, 'unknown-tag', tag);
  for (const filter of ['raw', 'json', 'inspect', 'map: "x"', 'where: "x"', 'to_integer', 'constructor', '__proto__'])
    assert.match(refused(`{{ contact.firstName | ${filter} }}`).code, /unknown-filter|syntax/, filter);
});

test('a text that does not end, or makes too much, is ended', () => {
  const nested = (inner: string, depth: number, over = 'account.tags') =>
    `{% for a in ${over} %}`.repeat(depth) + inner + '{% endfor %}'.repeat(depth);
  assert.equal(refused('{% for i in (1..1000000000) %}{% endfor %}').code, 'too-much');
  assert.equal(refused(nested('', 3, '(1..1000)')).code, 'too-much');
  assert.equal(refused(nested('', 40)).code, 'too-much');
  assert.equal(refused(nested('x'.repeat(1_000), 2, '(1..100)')).code, 'too-long');
  assert.equal(refused('x'.repeat(100_001)).code, 'too-long');
  assert.equal(refused('{{ (1..100000) | join }}').code, 'too-long');
  assert.equal(refused('{{ '.repeat(33_000)).code, 'unclosed');
  assert.ok(htmlTemplate(`${'<p>{% '.repeat(16_000)}${'{{ &lt;'.repeat(14_000)}`).length > 0);
});

test('whatever is written, there is a text or a problem', () => {
  const part = fc.constantFrom(
    ...[
      '{{',
      '}}',
      '{%',
      '%}',
      ' ',
      '|',
      ':',
      '"',
      '<p>',
      '</p>',
      '&lt;',
      'if',
      'endif',
      'for',
      'in',
      'endfor',
      'else',
    ],
    ...[
      'contact.firstName',
      'account.tags',
      'x',
      '.',
      '[',
      ']',
      '(1..3)',
      'assign',
      '=',
      'default',
      'upcase',
      '⟦',
      '⟧',
      '-',
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      try {
        assert.equal(typeof fillHtml(parts.join('')), 'string');
      } catch (error) {
        assert.ok(error instanceof TemplateProblem, String(error));
        assert.ok(error.line >= 1 && error.column >= 1);
      }
    }),
  );
});
