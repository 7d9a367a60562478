export function isWebSource(path: string): boolean;
export function isWebCode(path: string): boolean;
export function isSharedWithWeb(path: string): boolean;
