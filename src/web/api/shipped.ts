import type { RecordOf } from '#kernel/object/definition.ts';
import type { account } from '#modules/customers/account.object.ts';
import type { contact } from '#modules/customers/contact.object.ts';
import type { opportunity } from '#modules/sales/opportunity.object.ts';
import type { comment } from '#modules/teamwork/comment.object.ts';
import type { follow } from '#modules/teamwork/follow.object.ts';
import type { homePage } from '#modules/teamwork/home-page.object.ts';
import type { note } from '#modules/teamwork/note.object.ts';
import type { notification } from '#modules/teamwork/notification.object.ts';
import type { savedView } from '#modules/teamwork/saved-view.object.ts';
import type { task } from '#modules/teamwork/task.object.ts';
import type { RecordShape } from './types.ts';

/** In place of the record that somebody follows: all of its object (`EVERY` of follow.object.ts). */
export const EVERY = '*';

/** Objects that a screen may name, as they are declared. All others it only knows from their definitions at run time. */
interface Shipped {
  account: typeof account;
  contact: typeof contact;
  opportunity: typeof opportunity;
  comment: typeof comment;
  follow: typeof follow;
  homePage: typeof homePage;
  note: typeof note;
  notification: typeof notification;
  savedView: typeof savedView;
  task: typeof task;
}

/**
 * A record as it is answered: the fields of a shipped object have the types of their definition. Each may be missing, when
 * only some fields were asked for or the reader may not see it.
 */
export type RecordAs<Name extends string> = Name extends keyof Shipped
  ? RecordShape & Partial<RecordOf<Shipped[Name]>>
  : RecordShape;
