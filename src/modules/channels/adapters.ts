import type { ChannelAdapter } from './adapter.ts';
import { emailAdapter } from './email/adapter.ts';
import { faxAdapter } from './fax/adapter.ts';

/** All channels that a program speaks. One more is a folder and a line: see docs/guides/add-a-channel.md. */
export const adapters: readonly ChannelAdapter<never, never>[] = [emailAdapter, faxAdapter];
