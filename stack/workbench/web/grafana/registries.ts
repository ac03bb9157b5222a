import {
  type FieldConfigPropertyItem,
  standardEditorsRegistry,
  type StandardEditorsRegistryItem,
  standardFieldConfigEditorRegistry,
} from '@grafana/data';

/** The workbench draws panels with what their dashboards say; it has no panel editor, so no option is edited here. */
const notEdited = () => null;

/** The editors that a panel may name in its options. */
const EDITORS = [
  'number', 'slider', 'text', 'strings', 'boolean', 'select', 'multi-select', 'radio', 'color', 'unit', 'timezone',
  'fieldColor', 'thresholds', 'mappings', 'links', 'stats-picker', 'field-name', 'dashboard-uid', 'actions',
]; // prettier-ignore

/** The standard field properties that dashboards set. Each is taken as it is. */
const PROPERTIES = [
  'unit', 'min', 'max', 'fieldMinMax', 'decimals', 'displayName', 'noValue', 'thresholds', 'mappings', 'links', 'color',
  'filterable', 'description',
]; // prettier-ignore

function editors(): StandardEditorsRegistryItem[] {
  return EDITORS.map((id) => ({ id, name: id, editor: notEdited }));
}

function properties(): FieldConfigPropertyItem[] {
  return PROPERTIES.map((id) => ({
    id,
    path: id,
    name: id,
    editor: notEdited,
    override: notEdited,
    process: (value) => value,
    shouldApply: () => true,
  }));
}

/** Fills the registries of @grafana/data, without which field configuration has no effect. */
export function fillRegistries() {
  standardEditorsRegistry.setInit(editors);
  standardFieldConfigEditorRegistry.setInit(properties);
}
