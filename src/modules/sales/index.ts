import { defineModule } from '#kernel/object/module.ts';
import { customers } from '#modules/customers/index.ts';
import { salesGlance } from './glance.ts';
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };
import { disqualifyLead, qualifyLead, reopenLead } from './lead.actions.ts';
import { leadDuplicates } from './lead.duplicates.ts';
import { lead } from './lead.object.ts';
import { leadRules } from './lead.rules.ts';
import { loseOpportunity, reopenOpportunity, winOpportunity } from './opportunity.actions.ts';
import { opportunity } from './opportunity.object.ts';
import { opportunityContactRules, opportunityRules } from './opportunity.rules.ts';
import { opportunityContact } from './opportunity-contact.object.ts';
import { pipeline } from './pipeline.object.ts';
import { seedPipeline } from './seed.ts';
import { stage } from './stage.object.ts';
import { stageRules } from './stage.rules.ts';

export { lead, openLeads } from './lead.object.ts';
export { opportunity } from './opportunity.object.ts';
export { opportunityContact } from './opportunity-contact.object.ts';
export { pipeline } from './pipeline.object.ts';
export { stage } from './stage.object.ts';

export const sales = defineModule({
  name: 'sales',
  uses: [customers],
  objects: [lead, pipeline, stage, opportunity, opportunityContact],
  duplicates: [leadDuplicates],
  rules: [leadRules, stageRules, opportunityRules, opportunityContactRules],
  actions: [qualifyLead, disqualifyLead, reopenLead, winOpportunity, loseOpportunity, reopenOpportunity],
  problems: { 'pipeline.no-stage': 409 },
  glance: salesGlance,
  catalogues: { en, es, lt },
  seed: seedPipeline,
  configured: [
    { object: 'pipeline', key: ['name'] },
    { object: 'stage', key: ['pipeline', 'name'] },
  ],
});
