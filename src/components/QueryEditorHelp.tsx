import { type GrafanaTheme2, type QueryEditorHelpProps } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React from 'react';

import { type WindmillQuery } from '../types';

interface Example {
  title: string;
  text: string;
  query: Omit<WindmillQuery, 'refId'>;
}

export const EXAMPLES: Example[] = [
  {
    title: 'The latest runs',
    text: 'One row per run: when it started, how long it took, how it ended and which step was the slowest. The run id leads to its steps.',
    query: { queryType: 'flow-runs', filters: {} },
  },
  {
    title: 'Runs that failed',
    text: 'With the step that failed and its error.',
    query: { queryType: 'flow-runs', filters: { outcome: ['error'] } },
  },
  {
    title: 'Runs that took longer than a minute',
    text: 'Runs shorter than the minimum duration are left out.',
    query: { queryType: 'flow-runs', filters: {}, minDuration: '1m' },
  },
  {
    title: 'The steps of the latest run',
    text: 'Every step in the order of the flow: execution apart from waiting, next to what the step usually takes. Give a run id to see another run.',
    query: { queryType: 'flow-steps', filters: {} },
  },
  {
    title: 'Where the time goes',
    text: 'Calls, errors and latency of every step over the time range, and how much of the total time each one has.',
    query: { queryType: 'step-stats', filters: {} },
  },
  {
    title: 'Is a step getting slower?',
    text: 'The median and the 95th percentile of each step over time. Filter by flow and step to see one; use it in an alert rule.',
    query: { queryType: 'step-latency', filters: {}, quantiles: [0.5, 0.95] },
  },
];

/** The cheat sheet beside the query editor: what can be asked, each as a query to start from. */
export function QueryEditorHelp({ query, onClickExample }: QueryEditorHelpProps<WindmillQuery>) {
  const styles = useStyles2(getStyles);
  return (
    <div>
      <h2>Windmill Flow Steps</h2>
      <p>Which step of a flow is slow, since when, and why. Choose an example to start from:</p>
      <ul className={styles.examples}>
        {EXAMPLES.map((example) => (
          <li key={example.title}>
            <Button
              variant="secondary"
              size="sm"
              // Only the place in the panel is kept: an example is a query of its own, not an addition to the last.
              onClick={() =>
                onClickExample({ refId: query?.refId ?? 'A', datasource: query?.datasource, ...example.query })
              }
            >
              {example.title}
            </Button>
            <p className={styles.text}>{example.text}</p>
          </li>
        ))}
      </ul>
      <h3>Good to know</h3>
      <ul className={styles.facts}>
        <li>Every filter takes several values and means one of them. Dashboard variables work in every field.</li>
        <li>The values offered for a filter are those seen in the time range together with the other filters.</li>
        <li>A step that is still executing is not in the traces yet: it appears when it has ended.</li>
        <li>A step is slow when it took longer than its p95, or at least twice its median.</li>
      </ul>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  examples: css({ listStyle: 'none' }),
  text: css({ margin: theme.spacing(0.5, 0, 2), color: theme.colors.text.secondary }),
  facts: css({ paddingLeft: theme.spacing(3) }),
});
