/** The passphrase of vaults that several processes of a test open. */
export const TEST_PASSPHRASE = 'correct horse battery staple';
