import { css } from '@emotion/css';
import React, { useId, useState } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { Button, Icon, useStyles2 } from '@grafana/ui';

import { formatDuration, plural } from '../model/format';
import { KIND_SIGNS, OUTCOME_SIGNS } from '../model/labels';
import { type StepLink } from '../model/links';
import { type Step } from '../model/types';
import { LinkAnchor } from './LinkAnchor';

interface Props {
  handlers: Step[];
  linksOf: (handler: Step) => StepLink[];
}

/**
 * What Windmill started because the run was over, folded: it may take longer than the run and counts in none of its
 * figures, so it is not on the run's time axis.
 */
export function Handlers({ handlers, linksOf }: Props) {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState(false);
  const id = useId();
  const failed = handlers.filter(({ outcome }) => outcome === 'error').length;
  const label = `${plural(handlers.length, 'handler')} after the run${failed > 0 ? `, ${failed} failed` : ''}`;

  return (
    <div className={styles.handlers}>
      <Button
        size="sm"
        variant="secondary"
        fill="text"
        icon={open ? 'angle-down' : 'angle-right'}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {label}
      </Button>
      <ul id={id} className={styles.list} hidden={!open}>
        {handlers.map((handler) => (
          <li key={handler.index} className={styles.item}>
            <Icon name={OUTCOME_SIGNS[handler.outcome].icon} title={OUTCOME_SIGNS[handler.outcome].text} />
            <Icon name={KIND_SIGNS.handler.icon} title={KIND_SIGNS.handler.text} />
            <span>{handler.path ?? 'handler'}</span>
            <span className={styles.quiet}>{handler.scriptPath}</span>
            <span>{formatDuration(handler.duration)}</span>
            {handler.error && <span className={styles.error}>{handler.error}</span>}
            {open &&
              linksOf(handler)
                .slice(0, MOST_LINKS)
                .map((link) => <LinkAnchor key={link.title} link={link} />)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The links of a job come first, so that more would be those of the run. */
const MOST_LINKS = 2;

const getStyles = (theme: GrafanaTheme2) => ({
  handlers: css({ flex: 'none', borderTop: `1px solid ${theme.colors.border.weak}` }),
  list: css({ listStyle: 'none', maxHeight: theme.spacing(14), overflow: 'auto', padding: theme.spacing(0, 1) }),
  item: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
  quiet: css({ color: theme.colors.text.secondary }),
  error: css({ color: theme.colors.error.text }),
});
