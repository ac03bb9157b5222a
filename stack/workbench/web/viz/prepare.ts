import {
  applyFieldOverrides,
  type DataFrame,
  type DataLinkPostProcessorOptions,
  type FieldConfigOptionsRegistry,
  FieldColorModeId,
  type FieldConfigSource,
  type GrafanaTheme2,
  mapInternalLinkToExplore,
  type TimeRange,
} from '@grafana/data';

import { templateSrv } from '../grafana/setup';

export const NO_FIELD_CONFIG: FieldConfigSource = { defaults: {}, overrides: [] };

interface Prepare {
  frames: DataFrame[];
  theme: GrafanaTheme2;
  timeZone: string;
  range: TimeRange;
  fieldConfig?: FieldConfigSource;
  registry?: FieldConfigOptionsRegistry;
}

/** Gives every field its display text, its color and its links, as Grafana does before it draws a panel. */
export function prepareFrames({ frames, theme, timeZone, range, fieldConfig, registry }: Prepare): DataFrame[] {
  const source = fieldConfig ?? NO_FIELD_CONFIG;
  return applyFieldOverrides({
    data: frames,
    fieldConfig: { ...source, defaults: { color: { mode: FieldColorModeId.PaletteClassic }, ...source.defaults } },
    fieldConfigRegistry: registry,
    replaceVariables: (text, scopedVars, format) => templateSrv.replace(text, scopedVars, format),
    theme,
    timeZone,
    dataLinkPostProcessor: (options) => exploreLink(options, range),
  });
}

/** Links to data sources open Explore with the time range that is shown, unless the link brings its own. */
function exploreLink(options: DataLinkPostProcessorOptions, range: TimeRange) {
  const { link, linkModel, dataLinkScopedVars, field, replaceVariables } = options;
  if (!link.internal) {
    return linkModel;
  }
  return mapInternalLinkToExplore({
    link,
    internalLink: link.internal,
    scopedVars: dataLinkScopedVars,
    field,
    range: link.internal.range ?? range,
    replaceVariables,
  });
}
