import { foldText } from '../clean.ts';

/** ISO 3166-1 alpha-2, and XK, which Kosovo uses. */
export const countries: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC ' +
    'CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD ' +
    'GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH ' +
    'KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW ' +
    'MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC ' +
    'SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY ' +
    'UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'
  ).split(' '),
);

let names: Map<string, string> | undefined;

/** The code of `Lithuania`, `Lietuva`, `Lituania`, `lt`, `USA`; undefined for a name that no country has. */
export function countryNamed(text: string): string | undefined {
  const name = foldText(text.slice(0, 100)).trim();
  if (name.length === 2) {
    const code = name === 'uk' ? 'GB' : name.toUpperCase();
    return countries.has(code) ? code : undefined;
  }
  // 750 names take 3 ms to gather; only imports ask.
  names ??= new Map([
    ...['en', 'es', 'lt'].flatMap((language) => {
      const display = new Intl.DisplayNames([language], { type: 'region' });
      return [...countries].map((code): [string, string] => [foldText(display.of(code)!), code]);
    }),
    ...Object.entries({
      usa: 'US',
      'united states of america': 'US',
      'great britain': 'GB',
      england: 'GB',
      scotland: 'GB',
    }),
    ...Object.entries({
      'czech republic': 'CZ',
      holland: 'NL',
      'the netherlands': 'NL',
      turkey: 'TR',
      eeuu: 'US',
      jav: 'US',
    }),
  ]);
  return names.get(name);
}
