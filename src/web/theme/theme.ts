import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The accent: a deep petrol that leaves green, amber and red free to mean something. White on shade 7 has 5.5 : 1. */
const petrol: MantineColorsTuple = [
  '#eefaf8',
  '#d6f1ed',
  '#aee3dc',
  '#7ccfc5',
  '#4db8ad',
  '#2b9d92',
  '#178379',
  '#0f766e',
  '#0c5f59',
  '#0a4b47',
];

const ink: MantineColorsTuple = [
  '#ececea',
  '#d3d2ce',
  '#b4b3ae',
  '#8e8d88',
  '#62615d',
  '#3a3a38',
  '#2a2a28',
  '#1e1e1d',
  '#191918',
  '#121211',
];

/** The list itself scrolls, so that assistive technology sees one thing that is both list and scrolled. */
const dropdown = {
  comboboxProps: { shadow: 'md' as const },
  withScrollArea: false,
  styles: { options: { maxHeight: 260, overflowY: 'auto' as const } },
};

/** Everything that has a size, a colour or a curve is here or in `tokens.css`; components take it from there. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 7 },
  colors: { petrol, dark: ink },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.4' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '14px' },
  defaultRadius: 'sm',
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  shadows: { sm: 'var(--shadow-1)', md: 'var(--shadow-2)', lg: 'var(--shadow-2)', xl: 'var(--shadow-3)' },
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2 } },
    NumberInput: { defaultProps: { size: 'sm', hideControls: true } },
    Select: { defaultProps: { size: 'sm', ...dropdown } },
    MultiSelect: { defaultProps: { size: 'sm', ...dropdown } },
    TagsInput: { defaultProps: { size: 'sm', ...dropdown } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs', radius: 'xs' } },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 100 } } },
    // The window itself never scrolls; locking it puts a style sheet in, for which every element is looked at again.
    Modal: {
      defaultProps: {
        lockScroll: false,
        radius: 'lg',
        shadow: 'xl',
        overlayProps: { backgroundOpacity: 0.35 },
        transitionProps: { duration: 120 },
      },
    },
    Drawer: {
      defaultProps: {
        lockScroll: false,
        overlayProps: { backgroundOpacity: 0.35 },
        transitionProps: { duration: 150 },
      },
    },
    Loader: { defaultProps: { size: 'xs', type: 'oval' } },
    Kbd: { defaultProps: { size: 'xs' } },
  },
});

/** Mantine's own colours, spoken in our tokens, so that both kinds of component change together. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-border': 'var(--border-strong)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-anchor': 'var(--accent-text)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-red-filled': 'var(--danger-fill)',
    '--mantine-color-red-filled-hover': 'var(--danger-fill-hover)',
    '--mantine-color-red-light': 'var(--danger-soft)',
    '--mantine-color-red-light-color': 'var(--danger)',
    '--mantine-color-orange-light': 'var(--warning-soft)',
    '--mantine-color-orange-light-color': 'var(--warning)',
    '--mantine-color-petrol-light': 'var(--accent-soft)',
    '--mantine-color-petrol-light-color': 'var(--accent-text)',
  };
  return { variables: {}, light: shared, dark: shared };
};
