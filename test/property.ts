/**
 * fast-check for property tests. In CI the examples are always the same ones, so that a change is judged by what was there
 * before it; elsewhere each run looks at others. `PROPERTY_SEED=123` repeats a run.
 */
import fc from 'fast-check';

const { PROPERTY_SEED, CI } = process.env;
if (PROPERTY_SEED || CI) fc.configureGlobal({ seed: Number(PROPERTY_SEED || 20_261_122) });

export { fc };
