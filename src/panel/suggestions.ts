import {
  type DataFrame,
  type VisualizationSuggestion,
  VisualizationSuggestionScore,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';

import { isFlowStepsFrame } from './model/frame';
import { type FlowStepsOptions } from './options';

const SUGGESTION: VisualizationSuggestion<FlowStepsOptions> = {
  name: 'Windmill flow steps',
  description: 'The steps of a run on a time axis, with their waits and baselines',
  score: VisualizationSuggestionScore.Best,
  cardOptions: {
    previewModifier: (suggestion) => {
      suggestion.options = { ...suggestion.options, showLegend: false, showOverview: false, columns: [] };
    },
  },
};

/** What Grafana before 12.4 hands to a suggestions supplier, as far as it is used here. */
interface SuggestionsBuilder {
  data?: { series: DataFrame[] };
  getListAppender: (defaults: object) => { append: (suggestion: object) => void };
}

const suggest: VisualizationSuggestionsSupplier<FlowStepsOptions> = (summary) =>
  summary.rawFrames?.some(isFlowStepsFrame) ? [{ ...SUGGESTION }] : undefined;

/** Offers the panel for flow-steps frames. A function for current Grafana, with the method that older ones call. */
export const suggestionsSupplier: VisualizationSuggestionsSupplier<FlowStepsOptions> = Object.assign(suggest, {
  getSuggestionsForData: (builder: SuggestionsBuilder) => {
    if (builder.data?.series.some(isFlowStepsFrame)) {
      const defaults = {
        pluginId: 'flowsteps-windmill-panel',
        options: {},
        fieldConfig: { defaults: {}, overrides: [] },
      };
      builder.getListAppender({ name: SUGGESTION.name, ...defaults }).append({ ...SUGGESTION });
    }
  },
});
