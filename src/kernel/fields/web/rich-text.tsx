import { createElement, type ReactNode, useMemo } from 'react';
import style from './field.module.css';

/**
 * Sanitised HTML (the server cleans it on the way in) shown without ever being handed to the page as HTML: it is parsed
 * into an inert document and only the elements and addresses named here become React elements. Whatever else is in it
 * is left out or shown as its text.
 */
export function RichText({ html }: { html: string }) {
  const content = useMemo(() => {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    return [...parsed.body.childNodes].map((node, index) => toReact(node, `${index}`, 0));
  }, [html]);
  return <div className={style.rich}>{content}</div>;
}

/** The text of rich text, for one line of a list. */
export function plainText(html: string): string {
  return (
    new DOMParser()
      .parseFromString(html.replace(/<(br|\/p|\/li|\/h\d)[^>]*>/gi, ' '), 'text/html')
      .body.textContent?.trim() ?? ''
  );
}

const shown = new Set([
  'p',
  'br',
  'strong',
  'b',
  'em',
  'i',
  'u',
  's',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'h1',
  'h2',
  'h3',
  'h4',
  'a',
  'hr',
  'span',
  'div',
]);
const dropped = new Set([
  'script',
  'style',
  'iframe',
  'object',
  'embed',
  'template',
  'svg',
  'math',
  'noscript',
  'title',
]);

function toReact(node: Node, key: string, depth: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE || depth > 40) return null;
  const element = node as Element;
  const name = element.localName;
  if (dropped.has(name)) return null;
  const children = [...element.childNodes].map((child, index) => toReact(child, `${key}.${index}`, depth + 1));
  if (!shown.has(name)) return children;
  if (name === 'br' || name === 'hr') return createElement(name, { key });
  if (name === 'a') {
    const href = safeAddress(element.getAttribute('href'));
    return href
      ? createElement('a', { key, href, target: '_blank', rel: 'noopener noreferrer nofollow' }, children)
      : children;
  }
  return createElement(name, { key }, children);
}

function safeAddress(href: string | null): string | null {
  try {
    const url = new URL(href ?? '', window.location.href);
    return ['http:', 'https:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
