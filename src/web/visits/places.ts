import { addressLines } from '#kernel/fields/address/format.ts';
import type { Address } from '#kernel/fields/address/index.ts';
import type { Geo } from '#kernel/fields/geo/format.ts';
import { cityAt } from '../map/cities.ts';

/** What is known of where a customer is. */
export interface Whereabouts {
  /** Where one goes: exactly, or only in which city. */
  place: Geo | null;
  isExact: boolean;
  /** In one line; empty without an address. */
  address: string;
}

/** @param customer fields of an account, as far as its reader sees them */
export function whereaboutsOf(customer: Readonly<Record<string, unknown>> | undefined, language: string): Whereabouts {
  const address = (customer?.shippingAddress ?? customer?.billingAddress ?? null) as Address | null;
  const position = (customer?.position ?? null) as Geo | null;
  const city = address?.country && address.city ? cityAt(address.country, address.city) : undefined;
  const inCity = city ? { latitude: city[1], longitude: city[0] } : null;
  return {
    place: position ?? inCity,
    isExact: position !== null,
    address: address ? addressLines(address, language).join(', ') : '',
  };
}

/** Opens a stop in the map program of the device; null when nobody knows where it is. */
export function mapLink(
  { place, isExact, address }: Whereabouts,
  title: string,
  device = navigator.userAgent,
): string | null {
  // An address finds the door; the middle of a city does not.
  const point = isExact && place ? `${place.latitude},${place.longitude}` : null;
  const wanted = encodeURIComponent(point ?? address);
  if (!wanted) return null;
  if (/iPhone|iPad|Macintosh/.test(device)) return `https://maps.apple.com/?daddr=${wanted}`;
  if (/Android/.test(device))
    return point ? `geo:${point}?q=${point}(${encodeURIComponent(title)})` : `geo:0,0?q=${wanted}`;
  return point
    ? `https://www.openstreetmap.org/directions?to=${wanted}`
    : `https://www.openstreetmap.org/search?query=${wanted}`;
}
