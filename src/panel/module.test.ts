import { FieldType, VisualizationSuggestionScore, getPanelDataSummary } from '@grafana/data';

import { plugin } from './module';
import { DEFAULT_OPTIONS, completeOptions } from './options';
import pluginJson from './plugin.json';
import { etlRows, flowStepsFrame } from './testing/fixture';

const numbers = { length: 1, fields: [{ name: 'v', type: FieldType.number, config: {}, values: [1] }] };

describe('the panel plugin', () => {
  it('offers itself for flow-steps frames only', () => {
    expect(pluginJson.suggestions).toBe(true);
    plugin.meta = { ...plugin.meta, id: pluginJson.id, name: pluginJson.name };
    const [suggestion] = plugin.getSuggestions(getPanelDataSummary([flowStepsFrame(etlRows())])) ?? [];
    expect(suggestion).toMatchObject({
      pluginId: 'flowsteps-windmill-panel',
      score: VisualizationSuggestionScore.Best,
    });
    expect(plugin.getSuggestions(getPanelDataSummary([numbers])) ?? []).toEqual([]);
  });

  it('fills in options that are missing or undefined', () => {
    expect(completeOptions(undefined)).toEqual(DEFAULT_OPTIONS);
    expect(completeOptions({ showLegend: false, columns: undefined })).toEqual({
      ...DEFAULT_OPTIONS,
      showLegend: false,
    });
  });
});
