import { ThemeContext, getThemeById, type GrafanaTheme2 } from '@grafana/data';
import { config, getAppEvents, ThemeChangedEvent } from '@grafana/runtime';
import { ToolbarButton } from '@grafana/ui';
import React, { createContext, type PropsWithChildren, useContext, useLayoutEffect, useMemo, useState } from 'react';

import { storedTheme, storeTheme, type ThemeName } from '../grafana/storedTheme';

const SwitchContext = createContext<{ theme: ThemeName; toggle: () => void }>({ theme: 'dark', toggle: () => {} });

/** Gives everything below Grafana's dark or light theme. */
export function ThemeProvider({ children }: PropsWithChildren) {
  const [name, setName] = useState<ThemeName>(storedTheme);
  const theme = useMemo(() => getThemeById(name), [name]);
  useLayoutEffect(() => publish(theme), [theme]);
  const toggle = () => {
    const next = name === 'dark' ? 'light' : 'dark';
    storeTheme(next);
    setName(next);
  };
  return (
    <SwitchContext.Provider value={{ theme: name, toggle }}>
      <ThemeContext.Provider value={theme}>{children}</ThemeContext.Provider>
    </SwitchContext.Provider>
  );
}

/** Plugins may read the theme from the configuration or wait for the event. */
function publish(theme: GrafanaTheme2) {
  config.theme2 = theme;
  config.bootData.user.lightTheme = theme.isLight;
  document.documentElement.style.colorScheme = theme.colors.mode;
  document.body.classList.toggle('theme-light', theme.isLight);
  document.body.classList.toggle('theme-dark', theme.isDark);
  getAppEvents().publish(new ThemeChangedEvent(theme));
}

export function ThemeSwitch() {
  const { theme, toggle } = useContext(SwitchContext);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <ToolbarButton
      icon="adjust-circle"
      onClick={toggle}
      variant="canvas"
      tooltip={`Switch to the ${other} theme`}
      aria-label={`Switch to the ${other} theme`}
    />
  );
}
