import { defineModule } from '#kernel/object/module.ts';
import { customers } from '#modules/customers/index.ts';
import { sales } from '#modules/sales/index.ts';
import { teamwork } from '#modules/teamwork/index.ts';
import { invitationReader } from './calendar/invitation.reader.ts';
import { meetingSeries } from './calendar/meeting-series.object.ts';
import { splitConversation } from './conversation.actions.ts';
import { conversation } from './conversation.object.ts';
import { conversationRules } from './conversation.rules.ts';
import { bouncedAddress } from './email/bounced-address.object.ts';
import { heldMail } from './email/held-mail.object.ts';
import { mailbox } from './email/mailbox.object.ts';
import { mailboxReader } from './email/mailbox.reader.ts';
import { mailboxRules } from './email/mailbox.rules.ts';
import { faxGateway } from './fax/fax-gateway.object.ts';
import { faxGatewayReader } from './fax/fax-gateway.reader.ts';
import { faxGatewayRules } from './fax/fax-gateway.rules.ts';
import { channelsGlance } from './glance.ts';
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };
import { identityReader } from './identity.reader.ts';
import { interaction } from './interaction.object.ts';
import { interactionRules } from './interaction.rules.ts';
import { decideKnownAddress } from './known-address.actions.ts';
import { knownAddress } from './known-address.object.ts';
import { knownAddressRules } from './known-address.rules.ts';
import { runMacro } from './macro.actions.ts';
import { macro } from './macro.object.ts';
import { macroRules } from './macro.rules.ts';
import { mailTemplate } from './mail-templates/mail-template.object.ts';
import { mailTemplateRules } from './mail-templates/mail-template.rules.ts';
import { mentionsReader } from './mentions.reader.ts';
import { participant } from './participant.object.ts';
import { planVisit } from './visit.actions.ts';

export type { ChannelAdapter, Delivery, Outgoing, Receiver, Sending, Written } from './adapter.ts';
export { adapters } from './adapters.ts';
export {
  agreedOn,
  changedSince,
  changesOf,
  createMeeting,
  hasCustomer,
  hashOf,
  keepAttendees,
  keepColleague,
  type Meeting,
  meetingKey,
  meetingOf,
  meetingThere,
  mergeMeetings,
  ownMeetingIn,
  remembered,
  uidOf,
} from './calendar/keep-meeting.ts';
export { meetingSeries } from './calendar/meeting-series.object.ts';
export {
  AHEAD_DAYS,
  changeSeries,
  endSeries,
  layAhead,
  meetingsOf,
  type Occurrence,
  patternOf,
  reshape,
  type Series,
  type SeriesScope,
} from './calendar/series.ts';
export { isSame as isSamePerson, joinMeetings, regularsOf } from './calendar/series-people.ts';
export { type Candidate, type Evidence, type Suggestions, suggest } from './candidates.ts';
export { conversation } from './conversation.object.ts';
export { emailAdapter, type MailAccess, type MailCredentials } from './email/adapter.ts';
export { bouncedAddress } from './email/bounced-address.object.ts';
export { heldMail } from './email/held-mail.object.ts';
export { shareHeld } from './email/hold-back.ts';
export { isBlocked } from './email/is-blocked.ts';
export { mailSink } from './email/keep-mails.ts';
export { keepSentMail } from './email/keep-sent.ts';
export { mailbox } from './email/mailbox.object.ts';
export { type PlannedMail, planBecame, planMail, unplanMail } from './email/plan-mail.ts';
export { type FaxAccess, faxAdapter } from './fax/adapter.ts';
export { faxGateway } from './fax/fax-gateway.object.ts';
export type { FaxGateway } from './fax/gateway.ts';
export { readGateways } from './fax/gateways.ts';
export { type Busy, freeBusy, freeTimes, type PersonTimes, type Stretch, type TimesWanted } from './free-busy.ts';
export { type Identity, identify, normalAddress } from './identify.ts';
export { interaction } from './interaction.object.ts';
export { type Kept, keepInteractions, type Received, type ReceivedParticipant } from './keep-interactions.ts';
export { knownAddress } from './known-address.object.ts';
export { mailTemplate } from './mail-templates/mail-template.object.ts';
export {
  languageFor,
  MailText,
  type MailTexts,
  type ParsedText,
  parseText,
  readTexts,
  type TextProblem,
  textOfWords,
} from './mail-templates/texts.ts';
export { type Variable, variableAt, variablesFor } from './mail-templates/variables.ts';
export { participant } from './participant.object.ts';
export { wakeSnoozed } from './wake-snoozed.ts';

export const channels = defineModule({
  name: 'channels',
  uses: [customers, sales, teamwork],
  objects: [
    conversation,
    interaction,
    participant,
    meetingSeries,
    knownAddress,
    mailbox,
    heldMail,
    bouncedAddress,
    macro,
    mailTemplate,
    faxGateway,
  ],
  rules: [
    conversationRules,
    interactionRules,
    knownAddressRules,
    mailboxRules,
    macroRules,
    mailTemplateRules,
    faxGatewayRules,
  ],
  actions: [splitConversation, runMacro, decideKnownAddress, planVisit],
  readers: [mailboxReader, mentionsReader, identityReader, invitationReader, faxGatewayReader],
  problems: {
    'outgoing.not-found': 404,
    'outgoing.stale': 409,
    'outgoing.too-late': 409,
    'outgoing.sender': 422,
    'outgoing.no-server': 422,
    'outgoing.no-recipient': 422,
    'outgoing.too-many-recipients': 422,
    'outgoing.not-allowed': 422,
    'outgoing.no-fax': 422,
    'outgoing.too-large': 422,
    'meeting.not-to-invite': 422,
    'meeting.nobody': 422,
    'meeting.not-invited': 422,
    'meeting.no-series': 422,
    'mailbox.unreachable': 422,
    'mailbox.password-needed': 422,
    'mailbox.provider-refused': 422,
    'conversation.not-to-split': 422,
    'macro.broken': 422,
    'mailTemplate.broken': 422,
    'outgoing.gaps': 422,
  },
  glance: channelsGlance,
  catalogues: { en, es, lt },
});
