import {
  displayNameOverrideProcessor,
  type FieldConfigPropertyItem,
  standardEditorsRegistry,
  type StandardEditorsRegistryItem,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  type TransformerRegistryItem,
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

/** Properties of Grafana's own panels that the workbench's views follow. */
const CUSTOM_PROPERTIES = ['axisLabel', 'cellOptions', 'fillOpacity', 'spanNulls', 'stacking'];

function editors(): StandardEditorsRegistryItem[] {
  return EDITORS.map((id) => ({ id, name: id, editor: notEdited }));
}

function properties(): FieldConfigPropertyItem[] {
  return [...PROPERTIES.map((path) => property(path, false)), ...CUSTOM_PROPERTIES.map((path) => property(path, true))];
}

function property(path: string, isCustom: boolean): FieldConfigPropertyItem {
  const id = isCustom ? `custom.${path}` : path;
  return {
    id,
    path,
    isCustom,
    name: id,
    editor: notEdited,
    override: notEdited,
    settings: { expandTemplateVars: path === 'displayName' },
    process: path === 'displayName' ? displayNameOverrideProcessor : (value) => value,
    shouldApply: () => true,
  };
}

/** The transformation with which the dashboards lay runs and steps out as a matrix. */
function transformers(): TransformerRegistryItem[] {
  const info = standardTransformers.groupingToMatrixTransformer;
  const { id, name, description, defaultOptions } = info;
  const transformation = async () => info;
  return [{ id, name, description, defaultOptions, transformation, editor: notEdited, imageDark: '', imageLight: '' }];
}

/** Fills the registries of @grafana/data, without which field configuration has no effect. */
export function fillRegistries() {
  standardEditorsRegistry.setInit(editors);
  standardFieldConfigEditorRegistry.setInit(properties);
  standardTransformersRegistry.setInit(transformers);
}
