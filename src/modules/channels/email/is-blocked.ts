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
