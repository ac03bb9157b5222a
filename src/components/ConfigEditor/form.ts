import { type UpstreamName } from '../../types';
import { type Settings } from './settings';

/** What every part of the settings page gets. */
export interface FormProps {
  settings: Settings;
  onChange: (settings: Settings) => void;
}

/** What every part of one server's section gets. */
export interface UpstreamProps extends FormProps {
  upstream: UpstreamName;
  /** The server's name, to tell fields of the same name apart. */
  title: string;
}
