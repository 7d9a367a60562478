import { useEffect, useState } from 'react';

/** How long something has been going on: `3:07`. By the clock and not by counting ticks: a tab in the background gets few. */
export function Ticking({ since, className }: { since: number; className?: string | undefined }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - since) / 1_000));
  return (
    <span role="timer" className={className}>
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}
