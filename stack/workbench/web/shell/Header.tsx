import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { config } from '@grafana/runtime';
import { Badge, useStyles2 } from '@grafana/ui';
import React from 'react';

import { dataSourceSrv } from '../grafana/setup';
import { ThemeSwitch } from './ThemeSwitch';

/** Says what this is and leads to its pages. */
export function Header({ path }: { path: string }) {
  const styles = useStyles2(getStyles);
  const source = dataSourceSrv.getInstanceSettings(null);
  const edit = `/connections/datasources/edit/${encodeURIComponent(source?.uid ?? '')}`;
  const pages = [
    { href: '/explore', label: 'Explore', current: path === '/' || path.startsWith('/explore') },
    { href: '/dashboards', label: 'Dashboards', current: path.startsWith('/d') },
    { href: edit, label: 'Data source', current: path.startsWith('/connections') },
  ];
  const logo = source?.meta.info.logos.small;
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <div className={styles.brand}>
        {logo && <img src={logo} alt="" width={24} height={24} />}
        <span>{source?.meta.name ?? 'Plugin'}</span>
      </div>
      <nav aria-label="Pages" className={styles.nav}>
        {pages.map(({ href, label, current }) => (
          <a
            key={href}
            href={href}
            className={cx(styles.link, current && styles.current)}
            aria-current={current ? 'page' : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      <div className={styles.end}>
        <Badge
          color="orange"
          icon="info-circle"
          text="Workbench: a development host, not Grafana"
          tooltip={`The built plugin with @grafana/ui ${config.buildInfo.version}. Users run Grafana.`}
        />
        <ThemeSwitch />
      </div>
    </header>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1, 3),
    minHeight: 48,
    padding: theme.spacing(0.5, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  skip: css({
    position: 'absolute',
    left: theme.spacing(2),
    top: -100,
    zIndex: theme.zIndex.portal,
    padding: theme.spacing(1, 2),
    background: theme.colors.background.elevated,
    color: theme.colors.text.link,
    borderRadius: theme.shape.radius.default,
    '&:focus': { top: theme.spacing(1) },
  }),
  brand: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    fontWeight: theme.typography.fontWeightMedium,
    whiteSpace: 'nowrap',
  }),
  nav: css({ display: 'flex', gap: theme.spacing(0.5), alignSelf: 'stretch', alignItems: 'center' }),
  link: css({
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.secondary,
    '&:hover': { color: theme.colors.text.primary, background: theme.colors.action.hover },
  }),
  current: css({
    color: theme.colors.text.maxContrast,
    background: theme.colors.action.selected,
    boxShadow: `inset 0 -2px 0 ${theme.colors.primary.border}`,
  }),
  end: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginLeft: 'auto' }),
});
