import { plain } from '../ui/words.ts';

/** Cities that most addresses here are in; others stand in the middle of their country. Longitude and latitude. */
const known = `LT Vilnius 25.28,54.69|Kaunas 23.9,54.9|Klaipėda 21.14,55.71|Šiauliai 23.32,55.93|Panevėžys 24.36,55.73|Alytus 24.05,54.4|Marijampolė 23.35,54.56|Mažeikiai 22.34,56.31|Jonava 24.28,55.07|Utena 25.6,55.5|Kėdainiai 23.98,55.29|Telšiai 22.25,55.98|Tauragė 22.29,55.25|Ukmergė 24.76,55.25|Visaginas 26.43,55.6|Palanga 21.07,55.92|Plungė 21.84,55.91|Kretinga 21.24,55.89|Šilutė 21.48,55.35|Druskininkai 23.97,54.02|Rokiškis 25.59,55.96|Biržai 24.75,56.2|Elektrėnai 24.66,54.79|Birštonas 24.03,54.61|Neringa 21.07,55.3|Trakai 24.93,54.64
ES Madrid -3.7,40.42|Barcelona 2.17,41.39|Valencia -0.38,39.47|Sevilla -5.98,37.39|Zaragoza -0.89,41.65|Málaga -4.42,36.72|Murcia -1.13,37.98|Palma 2.65,39.57|Las Palmas de Gran Canaria -15.43,28.12|Bilbao -2.93,43.26|Alicante -0.48,38.35|Córdoba -4.78,37.89|Valladolid -4.72,41.65|Vigo -8.72,42.24|Gijón -5.66,43.54|A Coruña -8.4,43.37|Granada -3.6,37.18|Vitoria-Gasteiz -2.67,42.85|Oviedo -5.85,43.36|Santa Cruz de Tenerife -16.25,28.47|Pamplona -1.64,42.82|San Sebastián -1.98,43.32|Donostia -1.98,43.32|Burgos -3.7,42.34|Santander -3.8,43.46|Castellón de la Plana -0.05,39.99|Albacete -1.86,38.99|Logroño -2.45,42.47|Badajoz -6.97,38.88|Salamanca -5.66,40.97|Huelva -6.95,37.26|Lleida 0.63,41.62|Tarragona 1.25,41.12|León -5.57,42.6|Cádiz -6.29,36.53|Jaén -3.79,37.77|Ourense -7.86,42.34|Girona 2.82,41.98|Lugo -7.56,43.01|Cáceres -6.37,39.48|Santiago de Compostela -8.54,42.88|Toledo -4.02,39.86|Pontevedra -8.64,42.43|Almería -2.46,36.84|Guadalajara -3.17,40.63|Cartagena -0.98,37.61|Elche -0.7,38.27|Sabadell 2.11,41.55|Alcalá de Henares -3.36,40.48
LV Rīga 24.11,56.95|Daugavpils 26.54,55.87|Liepāja 21.01,56.51
EE Tallinn 24.75,59.44|Tartu 26.72,58.38
PL Warszawa 21.01,52.23|Kraków 19.94,50.06|Gdańsk 18.65,54.35|Wrocław 17.04,51.11|Poznań 16.93,52.41|Łódź 19.46,51.76
DE Berlin 13.4,52.52|München 11.58,48.14|Hamburg 9.99,53.55|Köln 6.96,50.94|Frankfurt am Main 8.68,50.11|Stuttgart 9.18,48.78|Düsseldorf 6.77,51.23|Leipzig 12.37,51.34
FR Paris 2.35,48.86|Lyon 4.84,45.76|Marseille 5.37,43.3|Toulouse 1.44,43.6|Bordeaux -0.58,44.84|Lille 3.06,50.63|Nantes -1.55,47.22
GB London -0.13,51.51|Manchester -2.24,53.48|Birmingham -1.9,52.48|Edinburgh -3.19,55.95|Glasgow -4.25,55.86|Leeds -1.55,53.8|Bristol -2.59,51.45
IT Roma 12.5,41.9|Milano 9.19,45.46|Torino 7.69,45.07|Napoli 14.27,40.85|Bologna 11.34,44.49
PT Lisboa -9.14,38.72|Porto -8.61,41.15
NL Amsterdam 4.9,52.37|Rotterdam 4.48,51.92|Utrecht 5.12,52.09
BE Bruxelles 4.35,50.85|Antwerpen 4.4,51.22
SE Stockholm 18.07,59.33|Göteborg 11.97,57.71|Malmö 13,55.6
NO Oslo 10.75,59.91|Bergen 5.32,60.39
DK København 12.57,55.68|Aarhus 10.2,56.16
FI Helsinki 24.94,60.17|Tampere 23.76,61.5
IE Dublin -6.26,53.35|Cork -8.47,51.9
CH Zürich 8.54,47.38|Genève 6.14,46.2
AT Wien 16.37,48.21|Graz 15.44,47.07
CZ Praha 14.42,50.09|Brno 16.61,49.2
HU Budapest 19.04,47.5
RO București 26.1,44.43
BG Sofia 23.32,42.7
GR Athína 23.73,37.98
UA Kyiv 30.52,50.45|Lviv 24.03,49.84
TR İstanbul 28.98,41.01|Ankara 32.86,39.93
US New York -74.01,40.71|Los Angeles -118.24,34.05|Chicago -87.63,41.88|San Francisco -122.42,37.77|Boston -71.06,42.36|Seattle -122.33,47.61|Austin -97.74,30.27|Miami -80.19,25.76
CA Toronto -79.38,43.65|Montréal -73.57,45.5|Vancouver -123.12,49.28
MX Ciudad de México -99.13,19.43|Guadalajara -103.35,20.67|Monterrey -100.32,25.67
AR Buenos Aires -58.38,-34.6
CL Santiago -70.67,-33.45
CO Bogotá -74.07,4.71|Medellín -75.56,6.24
PE Lima -77.04,-12.05
BR São Paulo -46.63,-23.55|Rio de Janeiro -43.17,-22.91`;

const places = new Map<string, readonly [number, number]>();
for (const line of known.split('\n')) {
  const country = line.slice(0, 2);
  for (const entry of line.slice(3).split('|')) {
    const at = entry.lastIndexOf(' ');
    places.set(
      keyOf(country, entry.slice(0, at)),
      entry
        .slice(at + 1)
        .split(',')
        .map(Number) as unknown as [number, number],
    );
  }
}

export function cityAt(country: string, city: string): readonly [number, number] | undefined {
  return places.get(keyOf(country, city));
}

function keyOf(country: string, city: string): string {
  return `${country.toUpperCase()} ${plain(city)}`;
}
