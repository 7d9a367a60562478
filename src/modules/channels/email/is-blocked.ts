import { normalAddress } from '../identify.ts';

/** Whether a sender, or their domain or one above it, is on a block list. */
export function isBlocked(sender: string | null, blocked: ReadonlySet<string>): boolean {
  if (sender === null || blocked.size === 0) return false;
  const address = sender.toLowerCase();
  if (blocked.has(address)) return true;
  for (let domain = address.slice(address.lastIndexOf('@') + 1); domain.includes('.'); ) {
    if (blocked.has(domain)) return true;
    domain = domain.slice(domain.indexOf('.') + 1);
  }
  return false;
}

/** An address or a domain as such a list has it, however it was written: `@Example.com`, `*.example.com`. Null for neither. */
export function listedSender(text: string): string | null {
  if (/[^@]@/.test(text)) return normalAddress(text);
  const domain = text
    .trim()
    .toLowerCase()
    .replace(/^(?:\*?@|\*\.)/, '');
  return /^(?=.{3,253}$)[^\s@.]+(?:\.[^\s@.]+)+$/u.test(domain) ? domain : null;
}
