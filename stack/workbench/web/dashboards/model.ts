import type { AnnotationQuery, DataSourceRef, DataTransformerConfig, FieldConfigSource } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

/** The part of Grafana's dashboard JSON that the workbench draws. */
export interface DashboardModel {
  uid: string;
  title: string;
  description?: string;
  panels?: PanelModel[];
  time?: { from: string; to: string };
  templating?: { list?: VariableModel[] };
  annotations?: { list?: AnnotationQuery[] };
}

export interface PanelModel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  /** The least distance of points in time, such as "3m". */
  interval?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: DataSourceRef | string | null;
  targets?: Array<DataQuery & { datasource?: DataSourceRef | null }>;
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
  transformations?: DataTransformerConfig[];
  /** Panels of a collapsed row. */
  panels?: PanelModel[];
}

export interface VariableModel {
  name: string;
  type: string;
  label?: string;
  hide?: number;
  /** A query variable's query, or the values of a custom one separated by commas. */
  query?: unknown;
  datasource?: DataSourceRef | string | null;
  current?: { value?: unknown };
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
}

/** The panels in the order of the page, those of collapsed rows laid out below their row. */
export function flatPanels(panels: PanelModel[]): PanelModel[] {
  const shifted: PanelModel[] = [];
  let offset = 0;
  for (const panel of [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x)) {
    const moved = { ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + offset } };
    shifted.push({ ...moved, panels: undefined });
    const nested = panel.panels ?? [];
    const top = Math.min(...nested.map(({ gridPos }) => gridPos.y));
    const bottom = Math.max(...nested.map(({ gridPos }) => gridPos.y + gridPos.h));
    for (const inner of nested) {
      shifted.push({ ...inner, gridPos: { ...inner.gridPos, y: moved.gridPos.y + 1 + inner.gridPos.y - top } });
    }
    offset += nested.length > 0 ? bottom - top : 0;
  }
  return shifted;
}
