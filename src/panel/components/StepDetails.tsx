import { css } from '@emotion/css';
import React, { type KeyboardEvent, useEffect, useId } from 'react';

import { type GrafanaTheme2 } from '@grafana/data';
import { IconButton, Portal, useStyles2 } from '@grafana/ui';

import { type Fact } from '../model/facts';
import { type StepLink } from '../model/links';
import { type Point } from '../model/placement';
import { type StepNode } from '../model/types';
import { CopyButton } from './CopyButton';
import { FactList } from './FactList';
import { LinkAnchor } from './LinkAnchor';
import { getFloatingStyle } from './floating';
import { usePlacement } from './usePlacement';

interface Props {
  node: StepNode;
  facts: Fact[];
  links: StepLink[];
  /** The address that opens these details. */
  shareUrl: () => string;
  anchor: Point;
  onClose: () => void;
}

/** Facts and links of one row. Closes with Escape, its button, or a press outside; the grid then takes the focus back. */
export function StepDetails({ node, facts, links, shareUrl, anchor, onClose }: Props) {
  const styles = useStyles2(getStyles);
  const floating = useStyles2(getFloatingStyle);
  const headingId = useId();
  const { ref, style } = usePlacement(anchor);
  const placed = style.visibility === 'visible';

  useEffect(() => {
    if (placed) {
      ref.current?.focus({ preventScroll: true });
    }
  }, [placed, ref]);

  useEffect(() => {
    const closeOutside = (event: MouseEvent) => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) {
        onClose();
      }
    };
    document.addEventListener('mousedown', closeOutside);
    return () => document.removeEventListener('mousedown', closeOutside);
  }, [onClose, ref]);

  const closeOnEscape = (event: KeyboardEvent) => {
    // React hands events of the portal on to the grid, which must not act on them.
    event.stopPropagation();
    if (event.key === 'Escape') {
      onClose();
    }
  };

  return (
    <Portal>
      <div
        ref={ref}
        role="dialog"
        aria-labelledby={headingId}
        tabIndex={-1}
        className={`${floating} ${styles.dialog}`}
        style={style}
        onKeyDown={closeOnEscape}
        onClick={(event) => event.stopPropagation()}
      >
        <IconButton name="times" aria-label="Close details" className={styles.close} onClick={onClose} />
        <FactList node={node} facts={facts} headingId={headingId} whole>
          {links.length > 0 && (
            <ul className={styles.links} aria-label="Links">
              {links.map((link) => (
                <li key={`${link.title} ${link.href}`}>
                  <LinkAnchor link={link} onFollow={onClose} />
                </li>
              ))}
            </ul>
          )}
          <div className={styles.actions}>
            {node.step.jobId !== '' && <CopyButton label="Copy job id" getText={() => node.step.jobId} />}
            <CopyButton label="Copy link" icon="share-alt" getText={shareUrl} />
          </div>
        </FactList>
      </div>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  dialog: css({ '&:focus': { outline: 'none' } }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5), marginBottom: theme.spacing(1) }),
  close: css({ position: 'absolute', top: theme.spacing(1.25), right: theme.spacing(1) }),
  links: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 1),
    listStyle: 'none',
    margin: theme.spacing(0, 0, 1),
    padding: theme.spacing(0.5, 0),
    borderTop: `1px solid ${theme.colors.border.weak}`,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
});
