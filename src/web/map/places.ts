import { cityAt } from './cities.ts';
import { countryCentres } from './world.ts';

/** A point on the map: longitude and latitude, and how well it is known. */
export interface Point {
  at: readonly [number, number];
  precision: 'exact' | 'city' | 'country';
}

/** Where a value of a place's field is: exactly, in its city, or only in its country. */
export function pointOf(value: unknown): Point | null {
  if (typeof value !== 'object' || value === null) return null;
  const { latitude, longitude, city, country } = value as Record<string, unknown>;
  if (typeof latitude === 'number' && typeof longitude === 'number')
    return { at: [longitude, latitude], precision: 'exact' };
  if (typeof country !== 'string') return null;
  const inCity = typeof city === 'string' ? cityAt(country, city) : undefined;
  if (inCity) return { at: inCity, precision: 'city' };
  const centre = countryCentres.get(country.toUpperCase());
  return centre ? { at: centre, precision: 'country' } : null;
}

/** What is near each other at a scale stands as one, in the middle of its members. */
export interface Cluster<T> {
  x: number;
  y: number;
  members: T[];
}

export function clustersOf<T extends { x: number; y: number }>(points: readonly T[], near: number): Cluster<T>[] {
  const cells = Map.groupBy(points, ({ x, y }) => `${Math.floor(x / near)},${Math.floor(y / near)}`);
  const clusters = [...cells.values()].map((members): Cluster<T> => middle(members));
  // Neighbours on both sides of a cell's edge: the smaller goes into the larger.
  clusters.sort((a, b) => b.members.length - a.members.length);
  const kept: Cluster<T>[] = [];
  for (const cluster of clusters) {
    const close = kept.find((one) => Math.hypot(one.x - cluster.x, one.y - cluster.y) < near * 0.8);
    if (close) Object.assign(close, middle([...close.members, ...cluster.members]));
    else kept.push(cluster);
  }
  return kept;
}

function middle<T extends { x: number; y: number }>(members: T[]): Cluster<T> {
  const sum = members.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / members.length, y: sum.y / members.length, members };
}
