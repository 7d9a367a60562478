/** Lets the app open without a network. Only where it is served safely (https, or this machine), and as it was built. */
export function installServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // After the first screen: it fetches the program once more.
  const install = async () => {
    await navigator.serviceWorker.register('/sw.js');
    (await navigator.serviceWorker.ready).active?.postMessage('keep');
  };
  const later = () => setTimeout(() => void install().catch(() => {}), 3_000);
  if (document.readyState === 'complete') later();
  else window.addEventListener('load', later, { once: true });
}

/** At a sign-out: what was looked at stays with whoever looked. */
export function forgetKeptData(): void {
  void navigator.serviceWorker?.controller?.postMessage('forget');
}
