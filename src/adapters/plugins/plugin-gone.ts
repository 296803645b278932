/** Why a plugin could not answer, in words that the person and the model may read: its process crashed, hung, or may not run. */
export class PluginGone extends Error {
  override readonly name = 'PluginGone';
}
