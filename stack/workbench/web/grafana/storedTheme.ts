export type ThemeName = 'dark' | 'light';

const KEY = 'workbench.theme';

/** The theme of the address (?theme=light), else the one chosen last, else what the system prefers. */
export function storedTheme(): ThemeName {
  const asked = new URLSearchParams(window.location.search).get('theme') ?? window.localStorage.getItem(KEY);
  if (asked === 'dark' || asked === 'light') {
    return asked;
  }
  return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export function storeTheme(theme: ThemeName) {
  window.localStorage.setItem(KEY, theme);
}
