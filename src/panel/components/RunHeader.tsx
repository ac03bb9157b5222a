import { css, cx } from '@emotion/css';
import React, { type ReactNode, useMemo } from 'react';

import { type GrafanaTheme2, type InterpolateFunction } from '@grafana/data';
import { Icon, Toggletip, useStyles2 } from '@grafana/ui';

import { formatCount, formatDuration, formatTime, plural } from '../model/format';
import { waitedSeconds } from '../model/geometry';
import { OUTCOME_SIGNS, baselineText, durationSoFar } from '../model/labels';
import { rowLinks } from '../model/links';
import { type Run } from '../model/types';
import { LinkAnchor } from './LinkAnchor';
import { VerdictBadge } from './VerdictBadge';

interface Props {
  run: Run;
  timeZone: string;
  width: number;
  /** One line only, for low panels. */
  compact: boolean;
  replaceVariables: InterpolateFunction;
}

/** Below these widths, in pixels, the header leaves out what the details of the run's row have too: run id and baseline, links. */
const NARROW = 960;
const NO_LINKS = 480;
/** More links would push the flow's name away; the details of the run's row have them all. */
const MOST_LINKS = 4;

/** The run in a line or two: flow, outcome, links; start, duration, waits, baseline. */
export function RunHeader({ run, timeZone, width, compact, replaceVariables }: Props) {
  const styles = useStyles2(getStyles);
  const { root } = run;
  const narrow = width < NARROW;
  const links = useMemo(
    () => (root ? rowLinks(run.frame, root.index, replaceVariables).slice(0, MOST_LINKS) : []),
    [run, root, replaceVariables]
  );
  const outcome = run.whole?.outcome ?? 'unknown';
  return (
    <div className={styles.header} role="group" aria-label="Run">
      <div className={cx(styles.line, !compact && styles.wrapping)}>
        <span className={cx(styles.outcome, outcome === 'error' && styles.failed, outcome === 'ok' && styles.ok)}>
          <Icon name={OUTCOME_SIGNS[outcome].icon} />
          {OUTCOME_SIGNS[outcome].text}
        </span>
        <span className={styles.flow} title={root?.scriptPath ?? undefined}>
          {root?.scriptPath ?? 'Run'}
        </span>
        <Notices run={run} />
        {width >= NO_LINKS && (
          <span className={styles.links}>
            {links.map((link) => (
              <LinkAnchor key={`${link.title} ${link.href}`} link={link} compact />
            ))}
          </span>
        )}
      </div>
      {!compact && <RunFacts run={run} timeZone={timeZone} narrow={narrow} />}
    </div>
  );
}

function RunFacts({ run, timeZone, narrow }: { run: Run; timeZone: string; narrow: boolean }) {
  const styles = useStyles2(getStyles);
  const { root, steps, whole } = run;
  const waited = useMemo(() => waitedSeconds(steps), [steps]);
  const start = root?.start ?? steps.find((step) => step.start !== null)?.start ?? null;
  const baseline = root && baselineText(root);
  return (
    <div className={styles.facts}>
      <Fact label="Duration">
        {whole ? durationSoFar(whole) : formatDuration(null)}
        {root && root.verdict !== 'unknown' && <VerdictBadge step={root} />}
      </Fact>
      {!narrow && root?.baselineP50 !== null && baseline && <Fact label="Baseline p50 / p95">{baseline}</Fact>}
      <Fact label="Waited">{formatDuration(waited)}</Fact>
      <Fact label="Started">{formatTime(start, timeZone)}</Fact>
      <Fact label="Jobs">{formatCount(root ? steps.length - 1 : steps.length)}</Fact>
      {!narrow && run.runId && (
        <Fact label="Run">
          <span className={styles.id}>{run.runId}</span>
        </Fact>
      )}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles.fact}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>{children}</span>
    </span>
  );
}

/** What the data source says about the data: Explore shows it nowhere else. */
function Notices({ run }: { run: Run }) {
  const styles = useStyles2(getStyles);
  if (run.notices.length === 0) {
    return null;
  }
  const severe = run.notices.some((notice) => notice.severity !== 'info');
  const content = (
    <ul className={styles.notices}>
      {run.notices.map((notice, index) => (
        <li key={index}>
          <Icon name={notice.severity === 'info' ? 'info-circle' : 'exclamation-triangle'} size="sm" />
          <span>{notice.text}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <Toggletip content={content} title="About this data" placement="bottom">
      <button type="button" className={styles.notice}>
        <Icon name={severe ? 'exclamation-triangle' : 'info-circle'} size="sm" />
        {plural(run.notices.length, 'notice')}
      </button>
    </Toggletip>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({ flex: 'none', padding: theme.spacing(0, 1, 0.75), overflow: 'hidden' }),
  line: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), height: 26, minWidth: 0 }),
  // Links that find no room beside the flow's name get a line of their own.
  wrapping: css({ flexWrap: 'wrap', height: 'auto', minHeight: 26, rowGap: 0 }),
  outcome: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    flexShrink: 0,
    color: theme.colors.text.secondary,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  ok: css({ color: theme.colors.success.text }),
  failed: css({ color: theme.colors.error.text }),
  flow: css({
    flex: '0 1 auto',
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: theme.typography.h5.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  links: css({
    display: 'flex',
    flex: '0 1 auto',
    flexWrap: 'wrap',
    maxHeight: '100%', // of a line of fixed height, so that no half links are seen in low panels
    marginLeft: 'auto',
    overflow: 'hidden',
    lineHeight: '26px',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  facts: css({
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: theme.spacing(2),
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '22px',
  }),
  fact: css({ display: 'inline-flex', gap: theme.spacing(0.75), whiteSpace: 'nowrap', minWidth: 0 }),
  label: css({ color: theme.colors.text.secondary }),
  value: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    minWidth: 0,
    fontVariantNumeric: 'tabular-nums',
  }),
  id: css({ fontFamily: theme.typography.fontFamilyMonospace, overflow: 'hidden', textOverflow: 'ellipsis' }),
  notice: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    flexShrink: 0,
    padding: theme.spacing(0, 0.75),
    background: 'none',
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
  }),
  notices: css({
    margin: 0,
    listStyle: 'none',
    '& > li': { display: 'flex', gap: theme.spacing(0.75), marginBottom: theme.spacing(0.5) },
    '& svg': { flexShrink: 0, marginTop: 3 },
  }),
});
