import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useId, useMemo } from 'react';

import { type GraphEdge, type GraphNode, readNodeGraph } from './nodeGraph';
import { ScrollBox } from './ScrollBox';

/** Pixels. */
const CELL = { width: 124, height: 130 };
const RADIUS = 34;
/** A wide graph is drawn smaller, down to this; then it scrolls. */
const LEAST_SCALE = 0.75;

interface Props {
  /** With display processors. */
  frames: DataFrame[];
  width: number;
  height: number;
  label: string;
}

/** Nodes and edges from left to right: figures within the circle, the share of failures on it, names below it. */
export function NodeGraphView({ frames, width, height, label }: Props) {
  const styles = useStyles2(getStyles);
  const arrow = useId();
  const graph = useMemo(() => readNodeGraph(frames), [frames]);
  if (!graph) {
    return <Text color="secondary">No steps in this time range.</Text>;
  }
  const size = { width: graph.columns * CELL.width, height: graph.rows * CELL.height };
  const scale = Math.min(1, Math.max(LEAST_SCALE, width / size.width));
  const name = `${label}: ${graph.nodes.length} nodes, ${graph.edges.length} edges`;
  return (
    <ScrollBox label={name} height={height}>
      <svg width={size.width * scale} height={size.height * scale} viewBox={`0 0 ${size.width} ${size.height}`}>
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
            markerUnits="userSpaceOnUse"
          >
            <path d="M0 0 L8 4 L0 8 z" className={styles.arrow} />
          </marker>
        </defs>
        {graph.edges.map((edge) => (
          <Edge key={edge.id} edge={edge} arrow={arrow} />
        ))}
        {graph.nodes.map((node) => (
          <Node key={node.id} node={node} />
        ))}
      </svg>
    </ScrollBox>
  );
}

const center = ({ column, row }: GraphNode) => ({ x: (column + 0.5) * CELL.width, y: row * CELL.height + RADIUS + 12 });

function Edge({ edge, arrow }: { edge: GraphEdge; arrow: string }) {
  const styles = useStyles2(getStyles);
  const [from, to] = [center(edge.from), center(edge.to)];
  const backwards = to.x <= from.x;
  const [x1, x2] = backwards ? [from.x, to.x] : [from.x + RADIUS + 2, to.x - RADIUS - 2];
  const [y1, y2] = backwards ? [from.y - RADIUS, to.y - RADIUS] : [from.y, to.y];
  const bend = backwards ? `Q ${(x1 + x2) / 2} ${y1 - 40}` : `C ${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2}`;
  return (
    <g>
      <path
        d={`M ${x1} ${y1} ${bend} ${x2} ${y2}`}
        className={styles.edge}
        strokeWidth={Math.min(4, Math.max(1, edge.thickness / 2))}
        markerEnd={`url(#${arrow})`}
      />
      <text x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 6} className={styles.small}>
        {edge.text}
      </text>
    </g>
  );
}

function Node({ node }: { node: GraphNode }) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { x, y } = center(node);
  const around = 2 * Math.PI * RADIUS;
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${node.title} ${node.subtitle}, failed: ${Math.round(node.errors * 100)}%`}</title>
      <circle r={RADIUS} className={node.main ? styles.circle : styles.end} />
      {node.errors > 0 && (
        <circle
          r={RADIUS}
          fill="none"
          stroke={theme.visualization.getColorByName('red')}
          strokeWidth={4}
          strokeDasharray={`${node.errors * around} ${around}`}
          transform="rotate(-90)"
        />
      )}
      <text y={-2} className={styles.figure}>
        {node.main}
      </text>
      <text y={14} className={styles.small}>
        {node.secondary}
      </text>
      <text y={RADIUS + 18} className={styles.figure}>
        {shortened(node.title)}
      </text>
      <text y={RADIUS + 34} className={styles.small}>
        {shortened(node.subtitle)}
      </text>
    </g>
  );
}

/** What fits below a node; its title, on hover, has the rest. */
function shortened(text: string): string {
  return text.length > 17 ? `…${text.slice(-16)}` : text;
}

const getStyles = (theme: GrafanaTheme2) => ({
  circle: css({
    fill: theme.colors.background.secondary,
    stroke: theme.visualization.getColorByName('green'),
    strokeWidth: 4,
  }),
  end: css({ fill: theme.colors.background.secondary, stroke: theme.colors.border.strong, strokeWidth: 2 }),
  edge: css({ fill: 'none', stroke: theme.colors.border.strong }),
  arrow: css({ fill: theme.colors.text.secondary }),
  figure: css({
    fill: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    textAnchor: 'middle',
  }),
  small: css({ fill: theme.colors.text.secondary, fontSize: 11, textAnchor: 'middle' }),
});
