import { defaults } from 'lodash';

import { type PanelOptionsEditorBuilder, type SelectFieldConfigSettings } from '@grafana/data';

import { COLUMNS, type ColumnId } from './model/columns';

/** Every option has a default, because Explore draws the panel without any. */
export interface FlowStepsOptions {
  showBaselines: boolean;
  showCriticalPath: boolean;
  showLegend: boolean;
  showOverview: boolean;
  /** 0: only loops with more than a few iterations start collapsed; n: every container at level n or deeper does (the run is level 0). */
  collapseDepth: number;
  columns: ColumnId[];
}

export const DEFAULT_OPTIONS: FlowStepsOptions = {
  showBaselines: true,
  showCriticalPath: true,
  showLegend: true,
  showOverview: true,
  collapseDepth: 0,
  columns: COLUMNS.map((column) => column.id),
};

/** Fills in what a dashboard or Explore left out. */
export function completeOptions(options: Partial<FlowStepsOptions> | undefined): FlowStepsOptions {
  return defaults({}, options, DEFAULT_OPTIONS);
}

export function addOptions(builder: PanelOptionsEditorBuilder<FlowStepsOptions>) {
  builder
    .addBooleanSwitch({
      path: 'showBaselines',
      name: 'Show baselines',
      description: 'A bracket above each bar, from its start to p95 of its baseline, with a tick at p50.',
      defaultValue: DEFAULT_OPTIONS.showBaselines,
    })
    .addBooleanSwitch({
      path: 'showCriticalPath',
      name: 'Show critical path',
      description: 'A line below the bars that decide when the run ends.',
      defaultValue: DEFAULT_OPTIONS.showCriticalPath,
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: 'Show legend',
      defaultValue: DEFAULT_OPTIONS.showLegend,
    })
    .addBooleanSwitch({
      path: 'showOverview',
      name: 'Show overview',
      description: 'A strip with the whole run above the rows, to zoom in and out. Low panels have none.',
      defaultValue: DEFAULT_OPTIONS.showOverview,
    })
    .addNumberInput({
      path: 'collapseDepth',
      name: 'Collapse from level',
      description:
        'Rows at this level and deeper start collapsed; the run is level 0. With 0 only loops of more than three iterations do.',
      settings: { min: 0, integer: true },
      defaultValue: DEFAULT_OPTIONS.collapseDepth,
    })
    .addMultiSelect<ColumnId | ColumnId[], SelectFieldConfigSettings<ColumnId | ColumnId[]>>({
      path: 'columns',
      name: 'Columns',
      description: 'Columns are dropped from a narrow panel, the least important first.',
      settings: {
        options: COLUMNS.map(({ id, title, description }) => ({ value: id, label: title, description })),
      },
      defaultValue: DEFAULT_OPTIONS.columns,
    });
}
