import {
  EventBusSrv,
  type FieldConfigSource,
  getPanelOptionsWithDefaults,
  type PanelData,
  type PanelPlugin,
  PluginContextProvider,
} from '@grafana/data';
import { Alert, ErrorBoundaryAlert, LoadingPlaceholder, useTheme2 } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';

import { templateSrv } from '../grafana/setup';
import { loadPanelPlugin } from '../plugins/load';
import { useTimeZone } from '../query/timeZone';
import { NO_FIELD_CONFIG, prepareFrames } from './prepare';

interface Props {
  pluginId: string;
  title: string;
  data: PanelData;
  width: number;
  height: number;
  /** What a dashboard saved; Explore gives none. */
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
  panelId?: number;
  onChangeRange: (from: number, to: number) => void;
}

/** Draws frames with a panel plugin that was built with the data source. */
export function PluginPanel(props: Props) {
  const { plugin, error } = usePanelPlugin(props.pluginId);
  if (error) {
    return <Alert title={`The panel ${props.pluginId} can't be loaded`}>{error}</Alert>;
  }
  if (!plugin) {
    return <LoadingPlaceholder text="Loading the panel" />;
  }
  return (
    <ErrorBoundaryAlert title={`The panel ${props.pluginId} failed`} dependencies={[props.data]}>
      <LoadedPanel {...props} plugin={plugin} />
    </ErrorBoundaryAlert>
  );
}

function LoadedPanel({
  plugin,
  title,
  data,
  width,
  height,
  panelId = 1,
  onChangeRange,
  ...saved
}: Props & { plugin: PanelPlugin }) {
  const theme = useTheme2();
  const timeZone = useTimeZone();
  const eventBus = useMemo(() => new EventBusSrv(), []);
  const complete = useMemo(
    () =>
      getPanelOptionsWithDefaults({
        plugin,
        currentOptions: saved.options ?? {},
        currentFieldConfig: saved.fieldConfig ?? NO_FIELD_CONFIG,
        isAfterPluginChange: false,
      }),
    [plugin, saved.options, saved.fieldConfig]
  );
  // What the panel itself changed of its options; nobody else edits them here.
  const [changed, setChanged] = useState<Record<string, unknown>>();
  const prepared = useMemo<PanelData>(() => {
    const { fieldConfig } = complete;
    const registry = plugin.fieldConfigRegistry;
    const series = prepareFrames({
      frames: data.series,
      theme,
      timeZone,
      range: data.timeRange,
      fieldConfig,
      registry,
    });
    return { ...data, series };
  }, [data, theme, timeZone, plugin, complete]);
  const Panel = plugin.panel;
  if (!Panel) {
    return null;
  }
  return (
    <PluginContextProvider meta={plugin.meta}>
      <Panel
        id={panelId}
        title={title}
        data={prepared}
        timeRange={data.timeRange}
        timeZone={timeZone}
        options={changed ?? complete.options}
        fieldConfig={complete.fieldConfig}
        transparent={false}
        width={width}
        height={height}
        renderCounter={0}
        eventBus={eventBus}
        replaceVariables={(text, scopedVars, format) => templateSrv.replace(text, scopedVars, format)}
        onOptionsChange={setChanged}
        onFieldConfigChange={() => undefined}
        onChangeTimeRange={({ from, to }) => onChangeRange(from, to)}
      />
    </PluginContextProvider>
  );
}

function usePanelPlugin(id: string) {
  const [loaded, setLoaded] = useState<{ plugin?: PanelPlugin; error?: string }>({});
  useEffect(() => {
    let current = true;
    loadPanelPlugin(id).then(
      (plugin) => current && setLoaded({ plugin }),
      (reason: unknown) => current && setLoaded({ error: reason instanceof Error ? reason.message : String(reason) })
    );
    return () => {
      current = false;
    };
  }, [id]);
  return loaded;
}
