/** A stretch of one weekday, as the clock on the wall shows it. */
export interface HoursOfDay {
  /** 1 (Monday) to 7. */
  day: number;
  /** `09:00` */
  from: string;
  /** After `from`; `24:00` is the end of the day. */
  to: string;
}

/** Days that follow one another and have the same hours: `from` and `to` are the same for one day alone. */
export interface SameDays {
  from: number;
  to: number;
  /** `09:00-13:00` */
  hours: string[];
}

/** As OpenStreetMap and schema.org name them. */
export const dayCodes = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;

/** `Mo-Fr 09:00-13:00,14:00-18:00; Sa 10:00-14:00`, whatever the language: programs know it, and people do. */
export function formatHours(value: readonly HoursOfDay[]): string {
  return sameDays(value)
    .map(({ from, to, hours }) => {
      const days = from === to ? dayCodes[from - 1] : `${dayCodes[from - 1]}-${dayCodes[to - 1]}`;
      return `${days} ${hours.join(',')}`;
    })
    .join('; ');
}

export function sameDays(value: readonly HoursOfDay[]): SameDays[] {
  const groups: SameDays[] = [];
  for (let day = 1; day <= 7; day++) {
    const hours = value.filter((one) => one.day === day).map(({ from, to }) => `${from}-${to}`);
    const last = groups.at(-1);
    if (hours.length === 0) continue;
    if (last && last.to === day - 1 && last.hours.join() === hours.join()) last.to = day;
    else groups.push({ from: day, to: day, hours });
  }
  return groups;
}
