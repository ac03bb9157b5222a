import { css } from '@emotion/css';
import type { GrafanaTheme2, TimeRange } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { useWidth } from '../shell/useWidth';
import type { PanelModel } from './model';
import { PanelBox } from './PanelBox';

/** Grafana's dashboard grid: columns, height of a row and gap in pixels. */
const COLUMNS = 24;
const ROW = 30;
const GAP = 8;
/** Below this width in pixels panels stand below each other. */
const NARROW = 768;

interface Props {
  panels: PanelModel[];
  dashboardUID: string;
  range: TimeRange;
  revision: string;
  onChangeRange: (from: number, to: number) => void;
}

export function DashboardGrid({ panels, ...shared }: Props) {
  const styles = useStyles2(getStyles);
  const { ref, width } = useWidth();
  const narrow = width < NARROW;
  return (
    <section ref={ref} aria-label="Panels" className={styles.grid}>
      {width > 0 &&
        panels.map((panel) => {
          const place = pixels(panel, width, narrow);
          return (
            <div key={panel.id} style={narrow ? { gridColumn: '1 / -1', height: place.height } : area(panel)}>
              <PanelBox panel={panel} width={place.width} height={place.height} {...shared} />
            </div>
          );
        })}
    </section>
  );
}

function area({ gridPos: { x, y, w, h } }: PanelModel) {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
}

function pixels({ gridPos: { w, h } }: PanelModel, width: number, narrow: boolean) {
  const column = (width - (COLUMNS - 1) * GAP) / COLUMNS;
  return { width: narrow ? width : w * column + (w - 1) * GAP, height: h * ROW + (h - 1) * GAP };
}

const getStyles = (_theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: `repeat(${COLUMNS}, minmax(0, 1fr))`,
    gridAutoRows: `minmax(${ROW}px, max-content)`,
    gap: GAP,
  }),
});
