import type { Model } from '../object/model.ts';

/** What is kept in memory, each under its key, up to a size altogether; what was put there longest ago goes first. */
export class Shelf<T> {
  readonly #entries = new Map<string, T>();
  readonly #most: number;
  readonly #sizeOf: (entry: T) => number;
  #size = 0;

  constructor(most: number, sizeOf: (entry: T) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  put(key: string, entry: T): void {
    this.#drop(key);
    this.#entries.set(key, entry);
    this.#size += this.#sizeOf(entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#most) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#entries.delete(key)) this.#size -= this.#sizeOf(entry);
  }
}

/** A shelf for each model. Of other definitions nothing is kept: a new column may have filled old rows without an event. */
export function shelfByModel<T>(most: number, sizeOf: (entry: T) => number): (model: Model) => Shelf<T> {
  const shelves = new WeakMap<Model, Shelf<T>>();
  return (model) => {
    const shelf = shelves.get(model) ?? new Shelf(most, sizeOf);
    shelves.set(model, shelf);
    return shelf;
  };
}
