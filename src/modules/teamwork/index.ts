import { defineModule } from '#kernel/object/module.ts';
import { customers } from '#modules/customers/index.ts';
import { sales } from '#modules/sales/index.ts';
import { absence } from './absence.object.ts';
import { absenceRules } from './absence.rules.ts';
import { attachment } from './attachment.object.ts';
import { attachmentRules } from './attachment.rules.ts';
import { comment } from './comment.object.ts';
import { commentRules, followRules } from './comment.rules.ts';
import { follow } from './follow.object.ts';
import { teamworkGlance } from './glance.ts';
import { homePage } from './home-page.object.ts';
import { homePageRules } from './home-page.rules.ts';
import en from './i18n/en.json' with { type: 'json' };
import es from './i18n/es.json' with { type: 'json' };
import lt from './i18n/lt.json' with { type: 'json' };
import { note } from './note.object.ts';
import { noteRules } from './note.rules.ts';
import { readNotification } from './notification.actions.ts';
import { notification } from './notification.object.ts';
import { notify } from './notify.ts';
import { startPlaybookActions, stopPlaybook } from './playbooks/playbook.actions.ts';
import { playbook } from './playbooks/playbook.object.ts';
import { playbookReader } from './playbooks/playbook.reader.ts';
import { playbookRules } from './playbooks/playbook.rules.ts';
import { playbookRun } from './playbooks/playbook-run.object.ts';
import { playbookRunRules } from './playbooks/playbook-run.rules.ts';
import { playbookStep } from './playbooks/playbook-step.object.ts';
import { savedView } from './saved-view.object.ts';
import { savedViewRules } from './saved-view.rules.ts';
import {
  acceptTask,
  completeTask,
  declineTask,
  delegateTask,
  moveFollowingTasks,
  reopenTask,
  separateTask,
  skipTask,
} from './task.actions.ts';
import { task } from './task.object.ts';
import { taskRules } from './task.rules.ts';

export { absence } from './absence.object.ts';
export { attachment } from './attachment.object.ts';
export { type Brief, briefOf } from './brief.ts';
export { comment } from './comment.object.ts';
export { mentionsIn } from './comment.rules.ts';
export { EVERY, follow } from './follow.object.ts';
export { type Happened, happenedWhile } from './hand-back.ts';
export { homePage } from './home-page.object.ts';
export { note } from './note.object.ts';
export { notification } from './notification.object.ts';
export { type Told, tell } from './notify.ts';
export { playbook } from './playbooks/playbook.object.ts';
export { MOST_STEPS } from './playbooks/run-steps.ts';
export { type PlaybookDraft, savePlaybook } from './playbooks/save-playbook.ts';
export { dueDays } from './playbooks/working-days.ts';
export { remind } from './reminders.ts';
export { savedView } from './saved-view.object.ts';
export { type Away, awayBetween, standingInFor } from './standing-in.ts';
export { task } from './task.object.ts';
export { hoursOf, isWorking, type WorkingHours, workingStretches } from './working-hours.ts';

export const teamwork = defineModule({
  name: 'teamwork',
  uses: [customers, sales],
  objects: [
    task,
    note,
    comment,
    attachment,
    follow,
    notification,
    savedView,
    homePage,
    absence,
    playbook,
    playbookStep,
    playbookRun,
  ],
  rules: [
    taskRules,
    noteRules,
    commentRules,
    attachmentRules,
    followRules,
    savedViewRules,
    homePageRules,
    absenceRules,
    playbookRules,
    playbookRunRules,
  ],
  actions: [
    completeTask,
    reopenTask,
    acceptTask,
    declineTask,
    delegateTask,
    skipTask,
    separateTask,
    moveFollowingTasks,
    readNotification,
    ...startPlaybookActions,
    stopPlaybook,
  ],
  readers: [notify, playbookReader],
  problems: {
    'comment.not-yours': 403,
    'playbook.other-object': 422,
    'playbook.empty': 422,
    'playbook.running': 409,
  },
  glance: teamworkGlance,
  catalogues: { en, es, lt },
  // What people share in one workspace is not the other's to take away.
  configured: [
    {
      object: 'savedView',
      key: ['object', 'name'],
      filter: { sharing: { in: ['team', 'everyone'] } },
      othersStay: true,
    },
    { object: 'homePage', key: ['role'] },
  ],
});
