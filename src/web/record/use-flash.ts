import { useEffect, useRef, useState } from 'react';
import type { RecordShape } from '../api/types.ts';

const none: ReadonlySet<string> = new Set();

/** Fields that just changed while they were on the screen, for as long as their flash lasts. */
export function useFlash(record: RecordShape): ReadonlySet<string> {
  const before = useRef(record);
  const [changed, setChanged] = useState(none);
  useEffect(() => {
    const last = before.current;
    before.current = record;
    if (last.id !== record.id || last.version === record.version) return;
    const fields = Object.keys(record).filter(
      (field) =>
        !['version', 'updatedAt', 'updatedBy', 'expanded'].includes(field) &&
        JSON.stringify(last[field]) !== JSON.stringify(record[field]),
    );
    if (fields.length === 0) return;
    setChanged(new Set(fields));
    const timer = setTimeout(() => setChanged(none), 1900);
    return () => clearTimeout(timer);
  }, [record]);
  return changed;
}
