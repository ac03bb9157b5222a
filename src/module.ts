import { DataSourcePlugin } from '@grafana/data';

import { ConfigEditor } from './components/ConfigEditor/ConfigEditor';
import { NoticeInspector } from './components/NoticeInspector/NoticeInspector';
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

// Grafana 13 and later have a place for it. The types are those of the newest Grafana, the one at hand may be older.
if ('setErrorsAndNoticesInspector' in plugin) {
  plugin.setErrorsAndNoticesInspector(NoticeInspector);
}
