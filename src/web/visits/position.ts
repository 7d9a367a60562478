import type { Geo } from '#kernel/fields/geo/format.ts';

/** A phone in a cellar finds itself late or never. */
const PATIENCE_MS = 20_000;
/** Where it was a moment ago is where it is. */
const AGE_MS = 15_000;

/** Where the phone is; null when its owner would rather not say, or it does not know. Asks each time the browser does. */
export function readPosition(): Promise<Geo | null> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => resolve({ latitude: rounded(latitude), longitude: rounded(longitude) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: AGE_MS },
    );
  });
}

/** To a metre: more would only look exact. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5;
}
