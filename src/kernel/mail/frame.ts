/** The frame in which a mail is shown. */

/** Popups so that links open; no script, no forms, no own origin. */
export const frameSandbox = 'allow-popups allow-popups-to-escape-sandbox';

/** Mails are written for white paper, whatever the reader's theme. What is wider than the frame is scrolled. */
const paper = `html{background:#fff;color:#1d1d1b;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}body{margin:16px}img{max-width:100%;height:auto}a[data-misleading]::after{content:" (" attr(data-host) ")"}`;

/** A document for `srcdoc` that could not load anything even if something had slipped through the cleaning. */
export function frameDocument(html: string): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><base target="_blank"><style>${paper}</style></head><body>${html}</body></html>`;
}
