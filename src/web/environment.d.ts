declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { Icon } from '@tabler/icons-react';

  const icon: Icon;
  // biome-ignore lint/style/noDefaultExport: that is how these files export their icon
  export default icon;
}

interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
