import { type GrafanaTheme2, type QueryEditorHelpProps } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React from 'react';

import { EXAMPLES } from '../query/examples';
import { alertableLabels } from '../query/queryTypes';
import { type WindmillQuery } from '../types';

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
        <li>
          Every filter takes several values and means one of them, or none of them with !=. Dashboard variables work in
          every field.
        </li>
        <li>The values offered for a filter are those seen in the time range together with the other filters.</li>
        <li>
          A step that is still executing is not in the traces yet: it appears when it has ended. Its log lines in Loki,
          if there are any, say that it runs.
        </li>
        <li>Alert rules can use {alertableLabels()}.</li>
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
