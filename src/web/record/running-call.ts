import { type RecordMark, usePreference } from '../preferences.ts';

/** The call that somebody is on: with whom, and since when by the clock of the device that began it. */
export interface RunningCall extends RecordMark {
  since: number;
}

/** One for each person, in all tabs and on all devices; a reload, or a crash, ends none. */
export function useRunningCall(): [RunningCall | null, (call: RunningCall | null) => void] {
  return usePreference<RunningCall | null>('call', null);
}

/** Of what a call has lasted until now. */
export function secondsOf({ since }: RunningCall): number {
  return Math.max(1, Math.round((Date.now() - since) / 1_000));
}
