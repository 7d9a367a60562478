import { attribute, decodeXml, parseXml } from '#kernel/transfer/formats/xml.ts';

/** What a WebDAV request asks for. Names are without their namespaces: none that matter here is in two of them. */
export interface DavRequest {
  /** Of the outermost element; empty when there was no body. */
  readonly root: string;
  /** Properties that are asked for; empty: all. */
  readonly properties: readonly string[];
  readonly hrefs: readonly string[];
  readonly syncToken: string | null;
  /** A report asks for what has these properties. */
  readonly hasFilter: boolean;
  readonly cardVersion: '3.0' | '4.0';
}

export const namespaces =
  'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav" xmlns:S="http://calendarserver.org/ns/"';

/** Characters of a tag or a text. */
const LONGEST = 4_000;

/** @throws TransferError for what is no XML, and for a document type: there are no entities to expand */
export async function readDavRequest(body: Uint8Array | undefined): Promise<DavRequest> {
  const path: string[] = [];
  const properties: string[] = [];
  const hrefs: string[] = [];
  let root = '';
  let syncToken: string | null = null;
  let hasFilter = false;
  let cardVersion: '3.0' | '4.0' = '3.0';
  let text = '';
  const handlers = {
    open(name: string, attributes: string) {
      if (path.length === 0) root = name;
      if (path.at(-1) === 'prop' && path.length === 2) properties.push(name);
      if (name === 'prop-filter') hasFilter = true;
      if (name === 'address-data' && attribute(attributes, 'version') === '4.0') cardVersion = '4.0';
      path.push(name);
      text = '';
    },
    close() {
      const name = path.pop();
      if (name === 'href') hrefs.push(text.trim());
      if (name === 'sync-token') syncToken = text.trim();
      text = '';
    },
    text(raw: string) {
      text += decodeXml(raw);
    },
  };
  if (body && body.length > 0) {
    const bytes = (async function* () {
      yield body;
    })();
    for await (const _ of parseXml(bytes, handlers, LONGEST)) {
      // What is read is in the handlers.
    }
  }
  return { root, properties, hrefs, syncToken, hasFilter, cardVersion };
}

/** A resource in an answer: what its properties are, each as XML; null for one that is not there. */
export interface DavResource {
  readonly href: string;
  readonly properties: Readonly<Record<string, string>> | null;
}

/** @param asked names of properties; all but those of a report when it is empty */
export function multistatus(resources: readonly DavResource[], asked: readonly string[], more = ''): string {
  // However often each is asked for, it is told once.
  const wanted = new Set(asked);
  const responses = resources.map(({ href, properties }) => {
    if (properties === null) return `<D:response>${element('D:href', href)}${status(404)}</D:response>`;
    const names =
      wanted.size > 0 ? [...wanted].filter((name) => Object.hasOwn(properties, name)) : Object.keys(properties);
    const values = names.map((name) => properties[name]).join('');
    return `<D:response>${element('D:href', href)}<D:propstat><D:prop>${values}</D:prop>${status(200)}</D:propstat></D:response>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus ${namespaces}>${responses.join('')}${more}</D:multistatus>`;
}

/** An element with text in it. */
export function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** An element around others. */
export function around(name: string, inner: string): string {
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function status(code: 200 | 404): string {
  return `<D:status>HTTP/1.1 ${code} ${code === 200 ? 'OK' : 'Not Found'}</D:status>`;
}

function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // XML has no way at all to write these.
      .replaceAll(/[^\P{Cc}\n\r\t]|[\ufffe\uffff]/gu, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#13;')
  );
}
