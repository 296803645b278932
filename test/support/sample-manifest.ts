import type { Instant } from '../../src/core/domain/identifiers.js';
import type { InstalledPlugin, PluginState, PluginStatus } from '../../src/core/domain/plugin.js';
import type { ManifestTool, PluginManifest, PluginName } from '../../src/core/domain/plugin-manifest.js';

/** A tool as a manifest declares it. */
export function sampleTool(name: string, more: Partial<ManifestTool> = {}): ManifestTool {
  return {
    name,
    description: `Does ${name}. And more.`,
    parameters: { type: 'object' },
    effect: 'read',
    destinations: [],
    approval: 'ask',
    preview: false,
    ...more,
  };
}

/** The manifest of a plugin `mail` with two tools, one secret for each account, a command and words to the model. */
export function sampleManifest(more: Partial<PluginManifest> = {}): PluginManifest {
  return {
    api: 1,
    name: 'mail' as PluginName,
    version: '1.2.0',
    description: 'Reads mail.',
    author: 'Ana',
    entry: 'plugin.cjs',
    tools: [sampleTool('search', { approval: 'none' }), sampleTool('send', { effect: 'egress', destinations: ['to'] })],
    secrets: ['*.password'],
    permissions: {
      read: [],
      write: [],
      run: [],
      net: ['{settings.imap_host}:{settings.imap_port}', 'login.example.org:443', '*.example.net:443'],
    },
    setup: [],
    accounts: true,
    commands: [{ name: 'inbox', summary: 'new mail', tool: 'search', arguments: {} }],
    prompt: 'Say who wrote\nwhat.',
    ...more,
  };
}

/** An installed plugin with that manifest, in a state. */
export function sampleStatus(
  state: PluginState,
  more: Partial<Omit<PluginStatus, 'plugin'>> & { plugin?: Partial<InstalledPlugin> } = {},
): PluginStatus {
  const { plugin, ...rest } = more;
  const manifest = plugin?.manifest ?? sampleManifest();
  return {
    name: manifest.name,
    state,
    faults: [],
    accounts: [],
    ...rest,
    plugin: {
      manifest,
      source: { kind: 'bundled', name: manifest.name },
      folder: '/home/plugins/mail',
      dataFolder: '/home/plugins/mail/data',
      digest: 'a'.repeat(64),
      installedAt: '2026-03-01T00:00:00.000Z' as Instant,
      ...plugin,
    },
  };
}
