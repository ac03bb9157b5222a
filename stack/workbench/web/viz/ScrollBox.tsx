import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import React from 'react';

interface Props {
  label: string;
  /** Pixels; without it, as high as its content, or its parent. */
  height?: number;
  children: React.ReactNode;
}

/** A named box that scrolls on its own, and so can be reached with the keyboard. */
export function ScrollBox({ label, height, children }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} style={{ height }} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** Says how many of all things are shown, when it is not all of them. */
export function CutNote({ shown, all, what }: { shown: number; all: number; what: string }) {
  if (shown >= all) {
    return null;
  }
  return <Text color="secondary" element="p">{`The first ${shown} of ${all} ${what} are shown.`}</Text>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    overflow: 'auto',
    maxHeight: '100%',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
});
