/** Lets the app open without a network. Only where it is served safely (https, or this machine), and as it was built. */
export function installServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the first screen: it fetches the program once more.
  const install = () => void navigator.serviceWorker.register('/sw.js').catch(() => {});
  if (document.readyState === 'complete') setTimeout(install, 3_000);
  else window.addEventListener('load', () => setTimeout(install, 3_000), { once: true });
}

/** At a sign-out: what was looked at stays with whoever looked. */
export function forgetKeptData(): void {
  void navigator.serviceWorker?.controller?.postMessage('forget');
}
