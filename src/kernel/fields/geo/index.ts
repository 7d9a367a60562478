import { Type } from 'typebox';
import { raw, sql } from '../../database/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, plainObject } from '../clean.ts';
import { defineFieldType, type Operator } from '../field-type.ts';
import { roundTo } from '../number.ts';
import type { Geo } from './format.ts';

export type { Geo } from './format.ts';

/** A place on the map, to seven decimals of a degree: 1 cm. */
export const geo = defineFieldType<Geo, object>({
  name: 'geo',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [
    { suffix: '_latitude', type: 'double precision' },
    { suffix: '_longitude', type: 'double precision' },
  ],
  schema: () => {
    const schema = Type.Object(
      {
        latitude: Type.Number({ minimum: -90, maximum: 90 }),
        longitude: Type.Number({ minimum: -180, maximum: 180 }),
      },
      { additionalProperties: false },
    );
    return { input: schema, output: schema };
  },
  normalise: (input) => {
    const given = plainObject(input, ['latitude', 'longitude'], 'field.not-a-place');
    return { latitude: degrees(given.latitude, 90), longitude: degrees(given.longitude, 180) };
  },
  write: (value) => [value.latitude, value.longitude],
  read: ([latitude, longitude]) =>
    latitude === null ? null : { latitude: latitude as number, longitude: longitude as number },
  operators: { near: near() },
  format: (value) => `${value.latitude}, ${value.longitude}`,
  parse: (cell) => {
    const found = /^\s*\(?\s*(-?\d{1,3}(?:\.\d{1,20})?)°?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,20})?)°?\s*\)?\s*$/.exec(
      cell.slice(0, 100),
    );
    if (!found) throw new FieldProblem('field.not-a-place', { text: excerpt(cell) });
    return { latitude: Number(found[1]), longitude: Number(found[2]) };
  },
  samples: [
    {
      input: { latitude: 54.6872, longitude: 25.2797 },
      value: { latitude: 54.6872, longitude: 25.2797 },
      text: '54.6872, 25.2797',
    },
    {
      input: { latitude: 40.41678901234, longitude: -3.70379 },
      value: { latitude: 40.416789, longitude: -3.70379 },
      text: '40.416789, -3.70379',
    },
    { input: { latitude: -0, longitude: -180 }, value: { latitude: 0, longitude: -180 }, text: '0, -180' },
  ],
  refused: [
    { input: '54.68, 25.28', code: 'field.not-a-place' },
    { input: { latitude: 54.68 }, code: 'field.not-a-place' },
    { input: { latitude: 91, longitude: 0 }, code: 'field.not-a-place' },
    { input: { latitude: 0, longitude: Number.NaN }, code: 'field.not-a-place' },
    { input: { latitude: 0, longitude: 0, height: 1 }, code: 'field.unknown-key' },
  ],
});

const KM_PER_DEGREE = 111.195;
const EARTH_DIAMETER = 12_742.018;

/**
 * `{ latitude, longitude, km }`: within that distance on a sphere (haversine; within 0.5 % of the true one). A box around
 * it comes first: its comparisons cost little and can use an index.
 */
function near(): Operator {
  return {
    takes: 'object',
    sql: ([latitudeColumn, longitudeColumn], value) => {
      const given = plainObject(value, ['latitude', 'longitude', 'km'], 'field.not-a-place');
      const { km } = given;
      const latitude = degrees(given.latitude, 90);
      const longitude = degrees(given.longitude, 180);
      if (typeof km !== 'number' || !(km >= 0 && km <= 20_100)) throw new FieldProblem('field.not-a-place');
      const reach = km / KM_PER_DEGREE + 0.001;
      const lat = raw(latitudeColumn!);
      const lon = raw(longitudeColumn!);
      // Meridians meet at the poles: near them, and where the circle crosses the date line, the box has all longitudes.
      const nearestPole = Math.min(90, Math.abs(latitude) + reach);
      const width = nearestPole >= 89.9 ? 360 : reach / Math.cos((nearestPole * Math.PI) / 180);
      const [west, east] = [longitude - width, longitude + width];
      const between = west < -180 || east > 180 ? raw('true') : sql`${lon} between ${west}::float8 and ${east}::float8`;
      return sql`(${lat} between ${latitude - reach}::float8 and ${latitude + reach}::float8 and ${between} and ${EARTH_DIAMETER}::float8 * asin(least(1, sqrt(sind((${lat} - ${latitude}::float8) / 2) ^ 2 + cosd(${lat}) * cosd(${latitude}::float8) * sind((${lon} - ${longitude}::float8) / 2) ^ 2))) <= ${km}::float8)`;
    },
  };
}

function degrees(input: unknown, limit: number): number {
  if (typeof input !== 'number' || !(Math.abs(input) <= limit)) throw new FieldProblem('field.not-a-place');
  return roundTo(input, 7);
}
