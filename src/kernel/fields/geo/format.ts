/** A place in degrees (WGS 84). */
export interface Geo {
  latitude: number;
  longitude: number;
}

const EARTH_RADIUS_M = 6_371_009;

/** Along a great circle (haversine), rounded to metres; within 0.5 % of the true distance. */
export function metresBetween(from: Geo, to: Geo): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (a: number, b: number) => Math.sin(radians(b - a) / 2) ** 2;
  const across = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude));
  const share = half(from.latitude, to.latitude) + across * half(from.longitude, to.longitude);
  return Math.round(2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(share))));
}
