/** Objects that the server makes a brief of, at `/api/briefs/<object>/<id>`. */
export const briefObjects: ReadonlySet<string> = new Set(['account']);
