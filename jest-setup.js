// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';

// React 19's server renderer, which @grafana/ui loads, needs a MessageChannel. jsdom has none, and Node's own keeps
// the process from ending.
class TestMessageChannel {
  port1 = { onmessage: null };
  port2 = { postMessage: (data) => setTimeout(() => this.port1.onmessage?.({ data }), 0) };
}
Object.assign(global, { MessageChannel: TestMessageChannel });
