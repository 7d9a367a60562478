import type { ModuleManifest } from '#kernel/object/module.ts';
import { channels } from '#modules/channels/index.ts';
import { customers } from '#modules/customers/index.ts';
import { forms } from '#modules/forms/index.ts';
import { privacy } from '#modules/privacy/index.ts';
import { sales } from '#modules/sales/index.ts';
import { teamwork } from '#modules/teamwork/index.ts';

/** The one list of modules, in the order their objects appear in the menu. */
export const modules: readonly ModuleManifest[] = [customers, privacy, sales, channels, teamwork, forms];
