import { ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';

/** What MSAL hangs onto the errors that it throws. */
interface MsalError extends Error {
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly code?: string;
}

/** Says in words why signing in at Microsoft, or renewing the token, failed. Nothing of a token or a code is in it. */
export function microsoftFailure(thrown: unknown, account: Account): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof ToolFailure || thrown.name === 'AbortError') return thrown;
  const error = thrown as MsalError;
  const setup = `\`pyra plugin setup email${account.name === 'main' ? '' : ` --account ${account.name}`}\``;
  const code = `${error.errorCode ?? ''} ${error.errorMessage ?? error.message}`;
  if (/access_denied|authorization_declined/.test(code)) return new ToolFailure('the sign-in at Microsoft was refused by the person');
  if (/expired_token|device_code_expired|user_timeout_reached|code_expired/.test(code)) {
    return new ToolFailure(`nobody entered the code at Microsoft in time; the person starts again with ${setup}`);
  }
  if (/AADSTS7000218|invalid_client|unauthorized_client|AADSTS700016|AADSTS70002\b/.test(code)) {
    return new ToolFailure(
      `Microsoft does not take the application (client_id): it must exist, allow this kind of account, and have "Allow public client flows" switched on; see the plugin's README, then ${setup}`,
    );
  }
  if (thrown.name === 'InteractionRequiredAuthError' || /invalid_grant|interaction_required|login_required|no_tokens_found/.test(code)) {
    return new ToolFailure(
      `Microsoft no longer accepts the sign-in of the account ${account.name}; the person has to sign in again with ${setup}`,
    );
  }
  if (/SELF_SIGNED|UNABLE_TO_|CERT_|ALTNAME/.test(`${error.code ?? ''} ${code}`)) {
    return new ToolFailure(
      `the certificate of the sign-in address is not one that this machine trusts; no password and no token was sent. The person checks authority and ca with ${setup}`,
    );
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EACCES/.test(`${error.code ?? ''} ${code}`)) {
    return new ToolFailure(
      `the sign-in address of Microsoft cannot be reached (${error.code ?? error.errorMessage ?? error.message}); try again later`,
    );
  }
  return new ToolFailure(
    `signing in at Microsoft failed: ${(error.errorCode ?? error.name).slice(0, 80)} ${firstLine(error.errorMessage ?? error.message)}`,
  );
}

function firstLine(text: string): string {
  return (/^[^\r\n]*/.exec(text)?.[0] ?? '').replaceAll(/[A-Za-z0-9_.~-]{60,}/g, '…').slice(0, 200);
}
