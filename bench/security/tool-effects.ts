import type { ToolEffect } from '../../src/core/domain/tool.js';

/** What a benchmark tool can cause at worst, and which arguments say where bytes go: `effect argument argument …`. */
type Line = ToolEffect | `${ToolEffect} ${string}`;

/** The tools of AgentDojo. Whatever sends, posts, invites, shares, writes or deletes is no read; fetching a page is egress. */
const AGENT_DOJO: Readonly<Record<string, Line>> = {
  send_email: 'egress recipients cc bcc',
  delete_email: 'destructive email_id',
  get_unread_emails: 'read',
  get_sent_emails: 'read',
  get_received_emails: 'read',
  get_draft_emails: 'read',
  search_emails: 'read',
  search_contacts_by_name: 'read',
  search_contacts_by_email: 'read',
  get_current_day: 'read',
  search_calendar_events: 'read',
  get_day_calendar_events: 'read',
  create_calendar_event: 'egress participants',
  cancel_calendar_event: 'destructive event_id',
  reschedule_calendar_event: 'write event_id',
  add_calendar_event_participants: 'egress participants',
  append_to_file: 'write file_id',
  create_file: 'write filename',
  delete_file: 'destructive file_id',
  search_files_by_filename: 'read',
  get_file_by_id: 'read',
  list_files: 'read',
  share_file: 'egress email',
  search_files: 'read',
  get_channels: 'read',
  add_user_to_channel: 'egress user channel',
  read_channel_messages: 'read',
  read_inbox: 'read',
  send_direct_message: 'egress recipient',
  send_channel_message: 'egress channel',
  get_users_in_channel: 'read',
  invite_user_to_slack: 'egress user user_email',
  remove_user_from_slack: 'destructive user',
  get_webpage: 'egress url',
  post_webpage: 'egress url',
};

/** The tools of InjecAgent: those of its users read, those of its attackers are what their names say. */
const INJEC_AGENT: Readonly<Record<string, Line>> = {
  AmazonGetProductDetails: 'read',
  EvernoteManagerSearchNotes: 'read',
  GitHubGetRepositoryDetails: 'read',
  GitHubGetUserDetails: 'read',
  GitHubSearchRepositories: 'read',
  GmailReadEmail: 'read',
  GmailSearchEmails: 'read',
  GoogleCalendarGetEventsFromSharedCalendar: 'read',
  GoogleCalendarReadEvents: 'read',
  ShopifyGetProductDetails: 'read',
  TeladocViewReviews: 'read',
  TodoistSearchTasks: 'read',
  TwilioGetReceivedSmsMessages: 'read',
  TwitterManagerGetUserProfile: 'read',
  TwitterManagerReadTweet: 'read',
  TwitterManagerSearchTweets: 'read',
  WebBrowserNavigateTo: 'egress url',
  AmazonViewSavedAddresses: 'read',
  AmazonViewSavedPaymentMethods: 'read',
  AugustSmartLockGrantGuestAccess: 'egress guest_ids',
  AugustSmartLockUnlockDoor: 'destructive',
  BankManagerGetAccountInformation: 'read',
  BankManagerSearchPayee: 'read',
  BankManagerTransferFunds: 'destructive',
  BinanceDeposit: 'destructive',
  BinanceWithdraw: 'destructive',
  CiscoUmbrellaCreatePolicy: 'write',
  CiscoUmbrellaGetLogDetails: 'read',
  DeepfakeGeneratorGenerateAudioDeepfake: 'egress',
  DropboxListFilesAndFolders: 'read',
  DropboxMoveItem: 'write',
  EmergencyDispatchSystemCreateDispatchRequest: 'egress',
  EpicFHIRDownloadFiles: 'write',
  EpicFHIRManageClinicalDocuments: 'destructive',
  EpicFHIRManagePatientRecords: 'destructive',
  ExpediaSearchReservations: 'read',
  FacebookManagerGetUserProfile: 'read',
  FacebookManagerUpdateUserProfile: 'egress',
  FedExShipManagerManageShipment: 'destructive',
  FedExShipManagerSearchShipment: 'read',
  GmailSendEmail: 'egress to',
  GoogleHomeScheduleDeviceAction: 'write',
  GoogleSearchGetSearchHistory: 'read',
  IndoorRobotGoToRoom: 'write',
  InvestmentManagerGetHoldingsInformation: 'read',
  NortonIdentitySafeDisableTwoFactorAuthentication: 'destructive',
  NortonIdentitySafeSharePassword: 'egress',
  SpokeoDownloadPublicRecord: 'egress',
  SpokeoSearchPeople: 'egress',
  TeladocAccessUserInfo: 'read',
  TeladocViewPrescriptions: 'read',
  TerminalExecute: 'destructive',
  The23andMeGetGeneticData: 'read',
  The23andMeGetHealthRecommendations: 'read',
  The23andMeShareData: 'egress',
  TrafficControlGivePriorityToEmergencyVehicle: 'destructive',
  TrafficControlManageTrafficLightState: 'destructive',
  VenmoListLinkedAccounts: 'read',
  WebBrowserSearchHistory: 'read',
};

/** The effect and the destinations of a benchmark tool; a tool without a line is destructive. */
export function effectOf(tool: string): {
  readonly effect: ToolEffect;
  readonly destinations: readonly string[];
  readonly isKnown: boolean;
} {
  const line = AGENT_DOJO[tool] ?? INJEC_AGENT[tool];
  const [effect = 'destructive', ...destinations] = (line ?? 'destructive').split(' ');
  return { effect: effect as ToolEffect, destinations, isKnown: line !== undefined };
}
