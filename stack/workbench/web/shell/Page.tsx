import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Stack, Text, useStyles2 } from '@grafana/ui';
import React, { type PropsWithChildren, type ReactNode, useEffect } from 'react';

interface Props {
  title: string;
  subtitle?: string;
  actions?: ReactNode;
}

/** One page: its heading, what can be done with it, and its content. */
export function Page({ title, subtitle, actions, children }: PropsWithChildren<Props>) {
  const styles = useStyles2(getStyles);
  useEffect(() => {
    document.title = `${title} - Workbench`;
  }, [title]);
  return (
    <main className={styles.page} id="content" tabIndex={-1}>
      <div className={styles.heading}>
        <Stack direction="column" gap={0.5}>
          <Text element="h1" variant="h3">
            {title}
          </Text>
          {subtitle && (
            <Text color="secondary" element="p">
              {subtitle}
            </Text>
          )}
        </Stack>
        <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
          {actions}
        </Stack>
      </div>
      {children}
    </main>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    maxWidth: 1800,
    margin: '0 auto',
    padding: theme.spacing(2),
    outline: 'none',
  }),
  heading: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
    justifyContent: 'space-between',
  }),
});
