import { css, cx } from '@emotion/css';
import React, { type MouseEvent } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { type StepLink } from '../model/links';

interface Props {
  link: StepLink;
  compact?: boolean;
  onFollow?: () => void;
}

/** A data link. With a modifier key the browser opens the address; else Grafana's own action, such as Explore's split view. */
export function LinkAnchor({ link, compact, onFollow }: Props) {
  const styles = useStyles2(getStyles);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    const modified = event.ctrlKey || event.metaKey || event.shiftKey;
    if (link.onClick && !modified) {
      event.preventDefault();
      link.onClick(event);
    }
    onFollow?.();
  };
  return (
    <a
      className={cx(styles.link, compact && styles.compact)}
      href={link.href || '#'}
      target={link.newTab ? '_blank' : undefined}
      rel={link.newTab ? 'noopener noreferrer' : undefined}
      onClick={follow}
    >
      <Icon name={link.icon} size="sm" />
      <span className={styles.title}>{link.title}</span>
      {link.newTab && link.icon !== 'external-link-alt' && <Icon name="external-link-alt" size="xs" />}
    </a>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  link: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    padding: theme.spacing(0.5, 0.5),
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.link,
    '&:hover': { background: theme.colors.action.hover, textDecoration: 'underline' },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
    '& > svg': { flexShrink: 0 },
  }),
  compact: css({ padding: theme.spacing(0, 0.5), whiteSpace: 'nowrap' }),
  title: css({ overflow: 'hidden', textOverflow: 'ellipsis' }),
});
