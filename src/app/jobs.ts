import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import type { Runtime } from './runtime.ts';

/** The one list of what the worker can do. A job loads its code when it runs, so that it costs nothing at the start. */
export function jobsOf(_runtime: Runtime): readonly JobDefinition[] {
  return [];
}
