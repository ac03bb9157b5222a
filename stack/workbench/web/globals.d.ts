import { type BootData } from '@grafana/data';

declare global {
  interface Window {
    /** Read by @grafana/runtime when it is first loaded. */
    grafanaBootData?: BootData;
    /** Where @grafana/ui finds icons and fonts. */
    __grafana_public_path__?: string;
  }
}
