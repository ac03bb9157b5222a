import { DataSourcePlugin } from '@grafana/data';

import { ConfigEditor } from './components/ConfigEditor/ConfigEditor';
import { QueryEditor } from './components/QueryEditor/QueryEditor';
import { QueryEditorHelp } from './components/QueryEditorHelp';
import { WindmillDataSource } from './datasource';
import { type WindmillOptions, type WindmillQuery, type WindmillSecureOptions } from './types';

export const plugin = new DataSourcePlugin<WindmillDataSource, WindmillQuery, WindmillOptions, WindmillSecureOptions>(
  WindmillDataSource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryEditorHelp);
