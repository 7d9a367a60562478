import type { Records } from '#kernel/records/records.ts';
import { pipeline } from './pipeline.object.ts';
import { stage } from './stage.object.ts';

interface FirstPipeline {
  name: string;
  /** Names of the stages in the order of `steps`. */
  stages: readonly string[];
}

const steps = [
  { kind: 'open', probability: 10, color: 'gray' },
  { kind: 'open', probability: 25, color: 'blue' },
  { kind: 'open', probability: 50, color: 'cyan' },
  { kind: 'open', probability: 75, color: 'yellow' },
  { kind: 'won', probability: 100, color: 'green' },
  { kind: 'lost', probability: 0, color: 'red' },
] as const;

const firstPipelines: Readonly<Record<string, FirstPipeline>> = {
  en: { name: 'Sales', stages: ['New', 'Qualified', 'Proposal', 'Negotiation', 'Won', 'Lost'] },
  es: { name: 'Ventas', stages: ['Nueva', 'Cualificada', 'Propuesta', 'Negociación', 'Ganada', 'Perdida'] },
  lt: { name: 'Pardavimai', stages: ['Nauja', 'Įvertinta', 'Pasiūlymas', 'Derybos', 'Laimėta', 'Pralaimėta'] },
};

/** The pipeline that every workspace begins with, in its language. */
export async function seedPipeline(records: Records, language: string): Promise<void> {
  const first = firstPipelines[language] ?? firstPipelines.en!;
  const { id } = await records.create(pipeline, { name: first.name, position: 1 });
  const stages = steps.map((step, index) => ({
    ...step,
    name: first.stages[index],
    pipeline: id,
    position: index + 1,
  }));
  await records.createMany(stage, stages, { atomic: true });
}
