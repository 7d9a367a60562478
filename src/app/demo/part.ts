export type DemoRecord = { id: string } & Record<string, unknown>;

/** Records of one object. The parts come in an order in which references always point back to an earlier part. */
export interface DemoPart {
  object: string;
  records: DemoRecord[];
}
