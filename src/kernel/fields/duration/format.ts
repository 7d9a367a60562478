/** Seconds as `1h 30m` in English and `1 h 30 min` elsewhere; `0m` for none. */
export function formatDuration(seconds: number, language: string): string {
  const [hour, minute, second] = language === 'en' ? ['h', 'm', 's'] : ['\u00a0h', '\u00a0min', '\u00a0s'];
  const parts = [
    [Math.floor(seconds / 3600), hour],
    [Math.floor((seconds % 3600) / 60), minute],
    [seconds % 60, second],
  ].filter(([count]) => count !== 0);
  return parts.map((part) => part.join('')).join(' ') || `0${minute}`;
}
