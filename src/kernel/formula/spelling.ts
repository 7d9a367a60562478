/** Longer names are no slip of the finger, and comparing them costs their length squared. */
const longestName = 60;

/** The name a person most likely meant: the fewest edits, at most a third of its letters; capitals count nothing. */
export function closest(name: string, names: readonly string[]): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > least) continue;
    const distance = edits(name.toLowerCase(), candidate.toLowerCase());
    // Of two as near, people more often get the beginning right: `acount` is `account` rather than `amount`.
    const isBetter = best !== undefined && sameStart(name, candidate) > sameStart(name, best);
    if (distance < least || (distance === least && isBetter)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

function sameStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance). */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, beforeLast[column - 2]! + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
