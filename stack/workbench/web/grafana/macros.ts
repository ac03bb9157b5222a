import {
  type DataContextScopedVar,
  type DataFrame,
  dateTimeFormat,
  type Field,
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  getFieldDisplayValuesProxy,
  getFrameDisplayName,
  type ScopedVars,
} from '@grafana/data';
import { get } from 'lodash';

/** Where a data link was clicked: @grafana/data hands it over as the scoped variable __dataContext. */
type Context = DataContextScopedVar['value'];

/** The value of __value.raw, __data.fields.name and the like; undefined for other names and without a row. */
export function macroValue(name: string, path: string | undefined, scopedVars: ScopedVars | undefined) {
  const context: Context | undefined = scopedVars?.__dataContext?.value;
  if (!context) {
    return undefined;
  }
  switch (name) {
    case '__value':
      return valueMacro(context, path);
    case '__data':
      return dataMacro(context, path);
    case '__field':
      return fieldMacro(context, path);
    case '__series':
      return getFrameDisplayName(context.frame, context.frameIndex);
    default:
      return undefined;
  }
}

function valueMacro({ frame, field, rowIndex, calculatedValue }: Context, path: string | undefined) {
  if (calculatedValue && path !== 'time') {
    return path === 'numeric' || path === 'raw' ? calculatedValue.numeric : formattedValueToString(calculatedValue);
  }
  if (rowIndex === undefined) {
    return undefined;
  }
  if (path === 'time') {
    const time = frame.fields.find((candidate) => candidate.type === 'time');
    return time?.values[rowIndex];
  }
  const raw: unknown = field.values[rowIndex];
  if (path === 'raw') {
    return raw;
  }
  const shown = (field.display ?? getDisplayProcessor())(raw);
  return path === 'numeric' ? shown.numeric : formattedValueToString(shown);
}

/** __data.fields.trace_id, __data.fields["trace_id"] and __data.fields[3], with .text or .numeric behind. */
function dataMacro({ frame, rowIndex }: Context, path: string | undefined) {
  if (rowIndex === undefined || !path?.startsWith('fields')) {
    return undefined;
  }
  const values = { fields: getFieldDisplayValuesProxy({ frame, rowIndex }) };
  return get(values, path);
}

function fieldMacro({ frame, field, data }: Context, path: string | undefined) {
  if (path?.startsWith('labels.')) {
    return field.labels?.[path.slice('labels.'.length)] ?? '';
  }
  return path === 'name' ? field.name : displayName(field, frame, data);
}

function displayName(field: Field, frame: DataFrame, data: DataFrame[] | undefined): string {
  return getFieldDisplayName(field, frame, data);
}

/** What is put in place of a macro. Times of links are epoch milliseconds. */
export function macroText(value: unknown): string {
  if (value instanceof Date) {
    return dateTimeFormat(value.valueOf());
  }
  return value === null || value === undefined ? '' : String(value);
}
