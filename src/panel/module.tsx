import { PanelPlugin } from '@grafana/data';

import { FlowStepsPanel } from './components/FlowStepsPanel';
import { type FlowStepsOptions, addOptions } from './options';
import { suggestionsSupplier } from './suggestions';

export const plugin = new PanelPlugin<FlowStepsOptions>(FlowStepsPanel)
  .setPanelOptions(addOptions)
  .setSuggestionsSupplier(suggestionsSupplier);
