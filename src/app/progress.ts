/** Passes on one line a second at most, and none in the first second: what is done by then needs no words. */
export function onceASecond(write: (line: string) => void): (line: string) => void {
  let next = performance.now() + 1_000;
  return (line) => {
    if (performance.now() < next) return;
    next = performance.now() + 1_000;
    write(line);
  };
}
