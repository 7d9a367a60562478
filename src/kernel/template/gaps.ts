/**
 * What a text needs and nobody knows is a gap, `⟦First name⟧`: seen by whoever writes, found again in a draft, and never sent.
 * Letters that nobody types, so that a gap is plain text, which every editor and every cleaning of HTML keeps as it is.
 */
export function gapOf(label: string): string {
  return `⟦${withoutGaps(label)}⟧`;
}

/** The labels of the gaps of a text, each once, in their order. */
export function gapsIn(text: string): string[] {
  return [...new Set([...text.matchAll(gapPattern)].map(([, label]) => label!))];
}

/** A value that looks like a gap is none. */
export function withoutGaps(text: string): string {
  return text.replaceAll('⟦', '[').replaceAll('⟧', ']');
}

export const gapPattern = /⟦([^⟦⟧<>]{0,200})⟧/g;
