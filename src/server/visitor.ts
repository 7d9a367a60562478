import type { KeyScope } from '#app/identity/key-scope.ts';
import type { Principal } from '#kernel/access/access.ts';
import type { Workspace } from '#kernel/records/door.ts';

/** Whoever a request comes from. */
export interface Visitor {
  readonly workspace: Workspace;
  readonly principal: Principal;
  readonly identityId: string;
  /** `session` carries a CSRF token, `key` does not need one. */
  readonly by: 'session' | 'key';
  readonly csrf: string;
  /** Hash of the token it came with; what to forget at sign-out. */
  readonly tokenHash: string;
  /** The administrator who looks through this person's eyes, and may only look; null for the person themself. */
  readonly viewer: string | null;
  /** Where they may come from; empty: from everywhere. */
  readonly networks: readonly string[];
  /** What the key may do; a session may all that its person may. */
  readonly scope: KeyScope;
}

declare module 'fastify' {
  interface FastifyRequest {
    visitor?: Visitor;
  }
  interface FastifyContextConfig {
    /** Anybody may ask; every other route needs a visitor. */
    public?: boolean;
    /** Reads, whatever its method says: also for whoever may only look. */
    reads?: boolean;
  }
}
