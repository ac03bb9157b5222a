import { css } from '@emotion/css';
import React, { useCallback, useMemo } from 'react';

import { type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';

import { readContent } from '../model/runs';
import { type View } from '../model/view';
import { type FlowStepsOptions, completeOptions } from '../options';
import { RunPicker } from './RunPicker';
import { RunView } from './RunView';
import { shareUrl, useView } from './useView';

type Props = Pick<PanelProps<FlowStepsOptions>, 'data' | 'width' | 'height' | 'timeZone' | 'replaceVariables'> & {
  /** Tells the panels of a dashboard apart; Explore may give none. */
  id?: number;
  options?: Partial<FlowStepsOptions>;
};

/** The panel: the steps of one run, or a sentence that says why there are none. */
export function FlowStepsPanel({ id = 0, data, options, width, height, timeZone, replaceVariables }: Props) {
  const styles = useStyles2(getStyles);
  const { series, state, errors } = data;
  const content = useMemo(() => readContent({ series, state, errors }), [series, state, errors]);
  const complete = useMemo(() => completeOptions(options), [options]);
  const { view, change } = useView(id);
  const { timeRange } = data;
  const share = useCallback(
    (shared: View) => shareUrl(id, shared, { from: timeRange.from.valueOf(), to: timeRange.to.valueOf() }),
    [id, timeRange]
  );
  const run = content.runs.find((candidate) => candidate.key === view.run) ?? content.runs[0];

  if (!run) {
    return (
      <div className={styles.empty} style={{ width, height }} role="status">
        <Icon name={content.loading ? 'hourglass' : 'info-circle'} size="lg" />
        <span className={styles.message}>{content.message}</span>
      </div>
    );
  }
  return (
    <div className={styles.panel} style={{ width, height }} data-testid="flow-steps-panel">
      {content.runs.length > 1 && (
        <RunPicker
          runs={content.runs}
          selected={run}
          timeZone={timeZone}
          onSelect={(key) => change({ run: key, range: null, step: null })}
        />
      )}
      <RunView
        key={run.key}
        run={run}
        view={view}
        onChange={change}
        shareUrl={share}
        options={complete}
        width={width}
        height={height}
        timeZone={timeZone}
        replaceVariables={replaceVariables}
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({
    display: 'flex',
    flexDirection: 'column',
    overflow: 'hidden',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  empty: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(2),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    overflow: 'auto',
  }),
  message: css({ maxWidth: 560 }),
});
