/**
 * Which files the browser's program is built from. Bootstrap rebuilds it when one of them changes, and
 * test/architecture.test.ts lets web code import values from nowhere else in src, so that neither can miss one.
 *
 * @param {string} path relative to the root of the repository, with `/`
 */
export function isWebSource(path) {
  return isWebCode(path) || isSharedWithWeb(path) || BUILD_FILES.has(path);
}

/** @param {string} path */
export function isWebCode(path) {
  return /^src\/(.*\/)?web(\/|\.tsx?$)/.test(path);
}

/**
 * What server and browser both need: how a field's value reads, and texts.
 *
 * @param {string} path
 */
export function isSharedWithWeb(path) {
  return (
    /^src\/(kernel\/fields\/[^/]+\/format|kernel\/object\/(condition|frame-address)|kernel\/mail\/frame|kernel\/template\/gaps|app\/identity\/password-rules)\.ts$/.test(
      path,
    ) || /^src\/.*\.json$/.test(path)
  );
}

const BUILD_FILES = new Set(['package-lock.json', 'tsconfig.web.json', 'tsconfig.json']);
